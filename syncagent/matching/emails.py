"""E-mail addresses and web domains as keys."""

from __future__ import annotations

import re
import unicodedata

FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.co.jp",
        "yahoo.com",
        "ymail.ne.jp",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "live.com",
        "live.jp",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "mail.com",
        "zoho.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "ymobile.ne.jp",
        "rakuten.jp",
        "nifty.com",
        "biglobe.ne.jp",
        "so-net.ne.jp",
        "ocn.ne.jp",
        "plala.or.jp",
        "dion.ne.jp",
        "excite.co.jp",
        "infoseek.jp",
        "goo.jp",
        "kakao.com",
        "naver.com",
        "qq.com",
        "163.com",
    ]
)
"""Domains that say nothing about a company."""

SHARED_BOXES = frozenset(
    [
        "info",
        "information",
        "contact",
        "inquiry",
        "inquiries",
        "office",
        "mail",
        "admin",
        "administrator",
        "webmaster",
        "postmaster",
        "support",
        "help",
        "sales",
        "marketing",
        "press",
        "pr",
        "hr",
        "jinji",
        "recruit",
        "saiyo",
        "soumu",
        "somu",
        "keiri",
        "eigyo",
        "eigyou",
        "kouhou",
        "koho",
        "toiawase",
        "otoiawase",
        "reception",
        "uketsuke",
        "honsha",
        "hello",
        "team",
        "staff",
        "service",
        "customer",
        "accounts",
        "accounting",
        "billing",
        "order",
        "orders",
        "shop",
        "store",
        "noreply",
        "no-reply",
        "news",
        "newsletter",
        "master",
        "main",
    ]
)
"""Mailboxes several people read: the address proves the office, not the person."""

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?([^/:?#\s]+)")


def email_key(address: str) -> str | None:
    """Give an address in comparable form, None for what is none."""
    folded = unicodedata.normalize("NFKC", address).strip().lower()
    local, at, domain = folded.partition("@")
    return folded if local and at and "." in domain and "@" not in domain and " " not in folded else None


def is_shared(address: str) -> bool:
    """Tell whether several people are likely to read the mailbox of an address in key form."""
    return re.sub(r"[0-9]+$", "", address.partition("@")[0].partition("+")[0]) in SHARED_BOXES


def domain_key(address: str) -> str | None:
    """Give the company's domain from a web address, an e-mail address or a bare domain; None for free mail."""
    found = _HOST.match(unicodedata.normalize("NFKC", address).strip().lower())
    domain = found[1].strip(".") if found else ""
    return domain if "." in domain and domain not in FREE_MAIL else None

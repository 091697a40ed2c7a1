"""The HubSpot side of the sandbox."""

from syncagent.sandbox.hubspot.portal import HubSpotPortal

__all__ = ["HubSpotPortal"]

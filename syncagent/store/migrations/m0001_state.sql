-- Everything the first version remembers; see schema.py for what the columns mean.

CREATE TABLE counter (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (org, name)
);

CREATE TABLE identity (
    org TEXT NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (org)
);

CREATE TABLE mirror (
    org TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    hash BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    successor TEXT,
    seq BIGINT NOT NULL,
    PRIMARY KEY (org, system, object, id)
);
CREATE INDEX mirror_by_seq ON mirror (org, system, object, seq);

CREATE TABLE cursor (
    org TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    at BIGINT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (org, system, object)
);

CREATE TABLE dirty (
    org TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (org, system, object, id)
);

CREATE TABLE field_change (
    org TEXT NOT NULL,
    seq BIGINT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    field TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (org, seq)
);
CREATE INDEX field_change_by_record ON field_change (org, system, object, id, field, at);

CREATE TABLE stage_history (
    org TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    stage TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (org, system, object, id, at, stage)
);
CREATE INDEX stage_history_by_seq ON stage_history (org, seq);

CREATE TABLE association (
    org TEXT NOT NULL,
    from_object TEXT NOT NULL,
    from_id TEXT NOT NULL,
    to_object TEXT NOT NULL,
    to_id TEXT NOT NULL,
    types TEXT NOT NULL,
    gone BIGINT NOT NULL CHECK (gone IN (0, 1)),
    seq BIGINT NOT NULL,
    PRIMARY KEY (org, from_object, from_id, to_object, to_id)
);
CREATE INDEX association_by_seq ON association (org, seq);

CREATE TABLE link (
    org TEXT NOT NULL,
    pair TEXT NOT NULL,
    salesforce_object TEXT NOT NULL,
    salesforce_id TEXT NOT NULL,
    hubspot_object TEXT NOT NULL,
    hubspot_id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    base TEXT NOT NULL,
    base_hash BIGINT NOT NULL,
    gone BIGINT NOT NULL CHECK (gone IN (0, 1)),
    seq BIGINT NOT NULL,
    PRIMARY KEY (org, pair, salesforce_object, salesforce_id, hubspot_object, hubspot_id)
);
CREATE INDEX link_by_hubspot ON link (org, pair, hubspot_object, hubspot_id);
CREATE INDEX link_by_seq ON link (org, seq);

CREATE TABLE base_change (
    org TEXT NOT NULL,
    seq BIGINT NOT NULL,
    run TEXT NOT NULL,
    pair TEXT NOT NULL,
    salesforce_object TEXT NOT NULL,
    salesforce_id TEXT NOT NULL,
    hubspot_object TEXT NOT NULL,
    hubspot_id TEXT NOT NULL,
    field TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    PRIMARY KEY (org, seq)
);
CREATE INDEX base_change_by_run ON base_change (org, run);

CREATE TABLE "conflict" (
    org TEXT NOT NULL,
    pair TEXT NOT NULL,
    salesforce_object TEXT NOT NULL,
    salesforce_id TEXT NOT NULL,
    hubspot_object TEXT NOT NULL,
    hubspot_id TEXT NOT NULL,
    field TEXT NOT NULL,
    salesforce_value TEXT NOT NULL,
    hubspot_value TEXT NOT NULL,
    base TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (org, pair, salesforce_object, salesforce_id, hubspot_object, hubspot_id, field)
);

CREATE TABLE "plan" (
    org TEXT NOT NULL,
    digest TEXT NOT NULL,
    doc TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    undoes TEXT,
    used_by TEXT,
    used_seq BIGINT,
    PRIMARY KEY (org, digest)
);

CREATE TABLE approval (
    org TEXT NOT NULL,
    digest TEXT NOT NULL,
    seq BIGINT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL,
    excluded TEXT NOT NULL,
    standing BIGINT NOT NULL CHECK (standing IN (0, 1)),
    PRIMARY KEY (org, digest, seq)
);

CREATE TABLE run (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    "plan" TEXT,
    seq BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    status TEXT,
    ended_at BIGINT,
    summary TEXT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX run_by_seq ON run (org, seq);

CREATE TABLE journal (
    org TEXT NOT NULL,
    run TEXT NOT NULL,
    seq BIGINT NOT NULL,
    change TEXT NOT NULL,
    intent_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    message TEXT NOT NULL,
    record_id TEXT,
    settled_at BIGINT,
    verified BIGINT CHECK (verified IN (0, 1)),
    seen TEXT,
    PRIMARY KEY (org, run, seq)
);
CREATE INDEX journal_by_outcome ON journal (org, outcome);

CREATE TABLE finding (
    org TEXT NOT NULL,
    policy TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    severity TEXT NOT NULL,
    evidence TEXT NOT NULL,
    proposed TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    due BIGINT,
    warned_at BIGINT,
    announced BIGINT,
    closed_at BIGINT,
    PRIMARY KEY (org, policy, system, object, id)
);

CREATE TABLE hold (
    org TEXT NOT NULL,
    policy TEXT NOT NULL,
    system TEXT NOT NULL,
    object TEXT NOT NULL,
    id TEXT NOT NULL,
    until BIGINT NOT NULL,
    reason TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    source TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (org, policy, system, object, id)
);

CREATE TABLE enforcement (
    org TEXT NOT NULL,
    policy TEXT NOT NULL,
    revision TEXT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, policy)
);

CREATE TABLE ledger (
    org TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (org, seq)
);

CREATE TABLE lease (
    org TEXT NOT NULL,
    holder TEXT NOT NULL,
    what TEXT NOT NULL,
    token BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    process BIGINT NOT NULL,
    host TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    held BIGINT NOT NULL CHECK (held IN (0, 1)),
    PRIMARY KEY (org)
);

CREATE TABLE snapshot (
    org TEXT NOT NULL,
    opportunity TEXT NOT NULL,
    run TEXT NOT NULL,
    plan TEXT NOT NULL,
    seq BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    models TEXT NOT NULL,
    credits TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (org, opportunity, run)
);

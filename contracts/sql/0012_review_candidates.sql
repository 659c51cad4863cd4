-- Articles that may be about a client, for a person to decide. `enriched` is enriched.v1 as it came.
CREATE TABLE review_candidates (
    candidate_id   uuid PRIMARY KEY,
    client_id      text NOT NULL REFERENCES clients ON DELETE CASCADE,
    article_id     text NOT NULL,
    revision       bigint NOT NULL,
    relevance      double precision NOT NULL,
    embargo_until  timestamptz,
    enriched       jsonb NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    decision       text CHECK (decision IN ('accept', 'reject', 'alias', 'block')),
    decided_by     text REFERENCES rm,
    decided_at     timestamptz,
    note           text NOT NULL DEFAULT '',
    -- what the decision wrote into the registry
    learned        jsonb NOT NULL DEFAULT '{}',
    CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX review_candidates_open ON review_candidates (received_at DESC, candidate_id DESC) WHERE decision IS NULL;

-- client_facts has one more kind: context, words beside the name in articles that a person confirmed.

-- False from before a revision is sent to Kafka until Kafka is known to have it: a sender that tries again is then
-- published again, and a later revision that comes first is still known as later.
ALTER TABLE intake_articles ADD COLUMN published boolean NOT NULL DEFAULT true;

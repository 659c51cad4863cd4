from core.events import Article, SummarySentence, Times
from core.settings import Settings
from core.topics import ENRICHED_ALERTS, RAW_NEWS_DLQ, RAW_NEWS_RETRY, RESOLVER_DECISIONS, REVIEW_CANDIDATES
from streaming.retry_policy import FATAL_CODES, OUTAGE_CODES
from streaming.spark.plan import build_plan
from streaming.spark.schema import fields_ddl, required_fields


def test_the_schema_follows_the_contract() -> None:
    assert fields_ddl(SummarySentence) == "`text` STRING, `source_ids` ARRAY<STRING>, `start` BIGINT, `end` BIGINT"
    ddl = fields_ddl(Article)
    assert "`revision` BIGINT" in ddl
    assert "`published_at` STRING" in ddl
    assert "`people` ARRAY<STRUCT<`name` STRING, `uri` STRING>>" in ddl


def test_every_field_of_an_article_reaches_the_endpoint() -> None:
    for name in Article.model_fields:
        assert f"`{name}`" in fields_ddl(Article)


def test_required_fields_are_those_without_a_default() -> None:
    assert required_fields(Times) == []
    assert required_fields(Article) == [
        "article_id", "provider", "revision", "received_at", "headline", "body", "trace_id",
    ]  # fmt: skip


def test_the_plan_names_every_destination_code_and_threshold() -> None:
    settings = Settings(relevance_keep_above=0.83, relevance_review_from=0.47)
    plan = build_plan(settings, source="somewhere", record_limit_bytes=12_345)
    for topic in (ENRICHED_ALERTS, REVIEW_CANDIDATES, RESOLVER_DECISIONS, RAW_NEWS_RETRY, RAW_NEWS_DLQ):
        assert f"'{topic}'" in plan
    for code in FATAL_CODES | OUTAGE_CODES:
        assert f"'{code}'" in plan
    for text in ("FROM somewhere", "> 0.83D", ">= 0.47D", "> 12345"):
        assert text in plan
    assert plan.count("enrich(request)") == 1

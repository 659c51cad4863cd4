"""One made-up article in every format, each the smallest that has all we read."""

from __future__ import annotations

import json
from typing import Any

OWN: dict[str, Any] = {
    "type": "news.article.v1", "article_id": "urn:wire:1", "revision": 3, "action": "updated",
    "published_at": "2026-01-31T09:30:00+01:00", "headline": "Mill burns",
    "body": "<p>Fire &amp; smoke.</p><p>Two hurt.</p>", "language": "en", "url": "https://wire.test/1",
    "publisher": "Wire", "people": ["Ann Lee"], "organisations": [{"name": "Mill AG", "uri": "https://www.wikidata.org/entity/Q1"}],
    "embargo_until": "2026-02-01T00:00:00Z",
}  # fmt: skip

NINJS_1: dict[str, Any] = {
    "uri": "https://wire.test/1", "type": "text", "version": "3", "versioncreated": "2026-01-31T08:30:00Z",
    "pubstatus": "usable", "language": "en", "headline": "Mill burns",
    "body_xhtml": "<p>Fire &amp; smoke.</p><p>Two hurt.</p>",
    "person": [{"name": "Ann Lee", "scheme": "s", "code": "p1"}],
    "organisation": [{"name": "Mill AG", "symbols": [{"ticker": "MILL", "exchange": "XSWX"}]}],
    "infosource": [{"name": "Wire"}], "embargoed": "2026-02-01T00:00:00Z",
}  # fmt: skip

NINJS_2: dict[str, Any] = {
    "uri": "https://wire.test/1", "type": "text", "version": "3", "versioncreated": "2026-01-31T08:30:00Z",
    "pubstatus": "usable", "language": "en",
    "headlines": [{"role": "short", "value": "Mill"}, {"role": "main", "value": "Mill burns"}],
    "bodies": [{"contenttype": "text/html", "value": "<p>no</p>"},
               {"contenttype": "text/plain", "value": "Fire & smoke.\n\nTwo hurt."}],
    "people": [{"name": "Ann Lee", "uri": "p1"}],
    "organisations": [{"name": "Mill AG", "symbols": [{"ticker": "MILL", "exchange": "XSWX"}]}],
    "infosources": [{"name": "Wire"}], "embargoed": "2026-02-01T00:00:00Z",
}  # fmt: skip

NINJS_3 = {
    {"versioncreated": "versionCreated", "pubstatus": "pubStatus", "infosources": "infoSources",
     "embargoed": "embargoedUntil"}.get(name, name): value
    for name, value in NINJS_2.items()
}  # fmt: skip
NINJS_3["bodies"] = [{"contentType": "text/plain", "value": "Fire & smoke.\n\nTwo hurt."}]

JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1", "title": "Wire",
    "items": [{"id": 1, "url": "https://wire.test/1", "title": "Mill burns", "language": "en",
               "content_html": "<p>Fire &amp; smoke.</p><p>Two hurt.</p>", "date_published": "2026-01-31T08:30:00Z"}],
}  # fmt: skip

RSS_2 = b"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Wire</title><language>en</language><lastBuildDate>Sun, 01 Feb 2026 00:00:00 GMT</lastBuildDate>
<item><guid isPermaLink="false">1</guid><title>Mill burns</title><link>https://wire.test/1</link>
<description>Short.</description>
<content:encoded><![CDATA[<p>Fire &amp; smoke.</p><script>alert(1)</script><p>Two hurt.</p>]]></content:encoded>
<pubDate>Sat, 31 Jan 2026 08:30:00 GMT</pubDate></item></channel></rss>"""

RSS_1 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://wire.test"><title>Wire</title></channel>
<item rdf:about="https://wire.test/1"><title>Mill burns</title><link>https://wire.test/1</link>
<description>&lt;p&gt;Fire &amp;amp; smoke.&lt;/p&gt;&lt;p&gt;Two hurt.&lt;/p&gt;</description>
<dc:date>2026-01-31T09:30:00+01:00</dc:date><dc:language>en</dc:language></item></rdf:RDF>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">
<title>Wire</title><updated>2026-02-01T00:00:00Z</updated>
<entry><id>tag:wire.test,2026:1</id><title type="html">Mill &lt;b&gt;burns&lt;/b&gt;</title>
<link rel="self" href="https://wire.test/self"/><link href="https://wire.test/1"/>
<published>2026-01-31T08:30:00Z</published><updated>2026-01-31T09:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Fire &amp; smoke.</p><p>Two hurt.</p></div></content>
</entry><at:deleted-entry ref="tag:wire.test,2026:0" when="2026-01-31T09:00:00Z"/></feed>"""

NEWSML = b"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>
<newsItem guid="urn:newsml:wire:1" version="3" standard="NewsML-G2" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Wire"/>
<versionCreated>2026-01-31T09:30:00+01:00</versionCreated>
<embargoed>2026-02-01T00:00:00Z</embargoed><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>Mill burns</headline>
<subject type="cpnat:person" qcode="p:1"><name>Ann Lee</name></subject>
<subject type="cpnat:organisation" qcode="o:1"><name>Mill AG</name></subject></contentMeta>
<contentSet><inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">
<head><title>Not part of the text</title></head><body><body.head><hedline><hl1>Nor this</hl1></hedline></body.head>
<body.content><p>Fire &amp; smoke.</p><p>Two hurt.</p></body.content></body></nitf></inlineXML></contentSet></newsItem>
<newsItem guid="urn:newsml:wire:2" version="1"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta></newsItem>
<packageItem guid="urn:newsml:wire:3"/></itemSet></newsMessage>"""


def as_json(document: Any) -> bytes:
    """Return a document as its provider would send it."""
    return json.dumps(document).encode()

"""What is due, and what was captured: the ledger's questions in SQL. A filter of sources is a JSON list, or NULL for all."""

MOST_WAIT_HOURS = 7 * 24
"""The longest that an address which failed, or was refused, waits for its next try."""

_LINKED = "EXISTS (SELECT 1 FROM links WHERE links.address_id = a.id AND source_id IN (SELECT value FROM json_each(:sources)))"
_SOURCE = """(SELECT min(source_id) FROM links WHERE links.address_id = a.id
    AND source_id IN (SELECT value FROM json_each(:sources)))"""

_DUE = f"""
SELECT a.id, a.address, {_SOURCE}, a.etag, a.last_modified, c.raw_hash
FROM addresses AS a LEFT JOIN captures AS c ON c.id = a.capture_id
WHERE {{condition}} AND {_LINKED}
    AND (:since IS NULL OR a.changed_at >= :since) AND (:until IS NULL OR a.changed_at < :until)
ORDER BY row_number() OVER (PARTITION BY a.host ORDER BY {{order}}, a.id), {{order}}, a.id
LIMIT :most
"""  # noqa: S608  # put together from the lines above

# An address that changes only by what a source claims is looked at ever more rarely: many sitemaps claim that all changed now.
_CLAIM_WAITS = f"unixepoch(a.looked_at) + 3600 * min((1 << min(a.vain, 10)) - 1, {MOST_WAIT_HOURS}) <= unixepoch(:at)"

DUE = tuple(
    _DUE.format(condition=condition, order=order)
    for condition, order in (
        ("a.state IS NULL", "a.changed_at DESC"),
        (
            f"a.changed_at > a.answered_at AND a.state IN ('read', 'gone') AND {_CLAIM_WAITS}",
            "a.changed_at DESC",
        ),
        ("a.retry_at IS NOT NULL AND (a.retry_at <= :at OR a.retry_at > :latest_retry)", "a.retry_at"),
        (
            "a.state = 'read' AND a.alias_of IS NULL AND a.first_read_at > :first_read"
            " AND (a.looked_at <= :looked OR a.looked_at > :latest_look)",
            "a.looked_at",
        ),
        ("a.looked_at > :latest_look AND a.state IN ('read', 'gone') AND a.alias_of IS NULL", "a.looked_at"),
    )
)
"""What is due, by rank: never fetched; changed, as a source says; to be tried again; to be looked at again; looked at too late.

Times later than can be, since the clock has gone backwards, count as due: whatever a source claims to have changed since lies
before such a look, so the page is looked at once more, whenever it was first read. Within a rank the hosts take turns.
"""

_CAPTURES = """
SELECT a.address, a.state, a.problem, a.looked_at, c.url, c.fetched_at, c.file, c.position, c.raw_hash, c.size,
    CASE WHEN c.source_id IS NOT NULL AND (:sources IS NULL OR c.source_id IN (SELECT value FROM json_each(:sources)))
        THEN c.source_id
        ELSE (SELECT min(source_id) FROM links WHERE links.address_id = a.id
            AND (:sources IS NULL OR source_id IN (SELECT value FROM json_each(:sources)))) END
FROM addresses AS a LEFT JOIN captures AS c ON {join}
WHERE a.state IS NOT NULL AND a.alias_of IS NULL AND (:sources IS NULL OR {linked})
    AND (:since IS NULL OR coalesce(a.changed_at, a.first_read_at, a.looked_at) >= :since)
    AND (:until IS NULL OR coalesce(a.changed_at, a.first_read_at, a.looked_at) < :until)
ORDER BY a.address, c.id
"""

LATEST_CAPTURES = _CAPTURES.format(join="c.id = a.capture_id", linked=_LINKED)
ALL_CAPTURES = _CAPTURES.format(join="c.address_id = a.id", linked=_LINKED)

PAGES_OF = "SELECT address, page FROM addresses WHERE address IN (SELECT value FROM json_each(?))"
KNOWN = """
SELECT a.id, a.changed_at, a.answered_at, a.failures, a.vain, a.first_read_at, a.capture_id, c.id, c.raw_hash, c.file,
    a.etag, a.last_modified, a.alias_of
FROM addresses AS a
LEFT JOIN addresses AS b ON b.id = a.alias_of
LEFT JOIN captures AS c ON c.id = coalesce(b.capture_id, a.capture_id)
WHERE a.page = ?
"""
"""What is known of an address, with the page that it leads to."""

SAME_PAGE = """
SELECT b.id FROM captures AS c JOIN addresses AS b ON b.id = c.address_id AND b.capture_id = c.id
WHERE c.url = ? AND c.raw_hash = ? AND b.id <> ? ORDER BY b.id LIMIT 1
"""
"""The address whose latest page came from that final address with that content."""

SOURCES = """
SELECT source_id, kind, location, title, looked_at, read_at, state, problem, named, new_at, etag, last_modified,
    (SELECT count(*) FROM links WHERE links.source_id = sources.source_id)
FROM sources WHERE :source IS NULL OR source_id = :source ORDER BY source_id
"""
NOTE_SOURCE = """
INSERT INTO sources VALUES (
    :source, :kind, :location, :title, :at, :read_at, :state, :problem, :named, :new_at, :etag, :last_modified)
ON CONFLICT DO UPDATE SET
    kind = coalesce(excluded.kind, kind), location = coalesce(excluded.location, location),
    title = coalesce(excluded.title, title), looked_at = excluded.looked_at, read_at = coalesce(excluded.read_at, read_at),
    state = excluded.state, problem = excluded.problem, new_at = coalesce(excluded.new_at, new_at),
    named = CASE excluded.state WHEN 'read' THEN excluded.named ELSE named END,
    etag = CASE excluded.state WHEN 'read' THEN excluded.etag ELSE etag END,
    last_modified = CASE excluded.state WHEN 'read' THEN excluded.last_modified ELSE last_modified END
"""

ADD_ADDRESS = "INSERT OR IGNORE INTO addresses (page, address, host, seen_at) VALUES (:page, :address, :host, :seen_at)"
ADD_LINK = "INSERT OR IGNORE INTO links SELECT id, :source_id FROM addresses WHERE page = :page"
CLAIM_CHANGE = """
UPDATE addresses SET title = coalesce(:title, title),
    changed_at = max(coalesce(changed_at, :changed_at), coalesce(:changed_at, changed_at))
WHERE page = :page AND (:changed_at > coalesce(changed_at, '') OR :title IS NOT title)
"""
LINK_PAGES = """
INSERT OR IGNORE INTO links SELECT a.alias_of, source_id
FROM addresses AS a JOIN links ON links.address_id = a.id AND source_id = ? WHERE a.alias_of IS NOT NULL
"""
"""A page belongs to the sources of all addresses that lead to it."""
FORGET_RETIRED = """
UPDATE captures SET file = NULL, position = NULL WHERE file IS NOT NULL AND file NOT IN (SELECT value FROM json_each(?))
"""
MEET_SOURCE = "INSERT OR IGNORE INTO sources (source_id, kind, location, looked_at, state) VALUES (?, ?, ?, ?, 'read')"

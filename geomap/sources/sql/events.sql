-- What the claims of a revision agree on: dates and citations as the exports write them, which claims
-- count, and the events that they make. The rules are those of geomap/core.
--
-- A span of days is first and last day, both included, and what qualifies each of them: '', '?', '~'
-- or '%'. Here the first day of a span that is open to the past is '-infinity'.
--
-- The file may be run again: it replaces what it made. It needs the tables of schema.sql.


-- Texts: dates and citations as the exports write them

-- The qualifier of a day that several claims give, from the lowest and the highest of theirs: none as
-- soon as one of them is firm, '%' where they doubt it differently.
CREATE OR REPLACE FUNCTION geomap.joint_qualifier(lowest text, highest text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN lowest = '' THEN '' WHEN lowest = highest THEN lowest ELSE '%' END;

-- A span as EDTF, as short as it can be written; NULL where there is none.
CREATE OR REPLACE FUNCTION geomap.edtf(
    first date, last date, first_qualifier text, last_qualifier text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN last IS NULL THEN NULL
    WHEN first = '-infinity' THEN
        '[..' || regexp_replace(to_char(last, 'YYYY-MM-DD'), '-12-31$', '')
        || last_qualifier || ']'
    WHEN first = last AND first_qualifier = last_qualifier THEN
        to_char(last, 'YYYY-MM-DD') || last_qualifier
    WHEN first = date_trunc('month', last) AND last = first + interval '1 month' - interval '1 day'
        AND first_qualifier = last_qualifier THEN
        to_char(last, 'YYYY-MM') || last_qualifier
    WHEN first = date_trunc('year', last) AND last = first + interval '1 year' - interval '1 day'
        AND first_qualifier = last_qualifier THEN
        to_char(last, 'YYYY') || last_qualifier
    WHEN to_char(first, 'MM-DD') = '01-01' AND to_char(last, 'MM-DD') = '12-31' THEN
        '[' || to_char(first, 'YYYY') || first_qualifier
        || '..' || to_char(last, 'YYYY') || last_qualifier || ']'
    ELSE
        '[' || to_char(first, 'YYYY-MM-DD') || first_qualifier
        || '..' || to_char(last, 'YYYY-MM-DD') || last_qualifier || ']'
END;

-- The same for the days by which a transfer is due: of "by 1 December", which is open to the past,
-- the last day.
CREATE OR REPLACE FUNCTION geomap.edtf_due(
    first date, last date, first_qualifier text, last_qualifier text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN first = '-infinity' THEN geomap.edtf(last, last, last_qualifier, last_qualifier)
    ELSE geomap.edtf(first, last, first_qualifier, last_qualifier)
END;

-- The characters that count as white space. They are named because the classes of regular
-- expressions depend on a database's locale; these are those that Python strips.
CREATE OR REPLACE FUNCTION geomap.white_space() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
    E' \t\n\u000b\u000c\r\u001c\u001d\u001e\u001f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004'
    '\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

-- The places that a locator names: a list of paragraphs is several, any other text is one.
CREATE OR REPLACE FUNCTION geomap.places(locator text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN btrim(locator, geomap.white_space()) ~ replace(
        '^¶ [0-9]+( , ¶? [0-9]+)*$', ' ', '[' || geomap.white_space() || ']*'
    )
    THEN string_to_array(
        '¶' || replace(regexp_replace(locator, '[^0-9,]+', '', 'g'), ',', ',¶'), ','
    )
    ELSE ARRAY[btrim(locator, geomap.white_space())]
END;

-- What sorts places in their natural order, ¶2 before ¶11, where texts are compared byte by byte:
-- each number gets leading zeros to 20 digits. The character before it, which no text may hold, has a
-- number come before any letter.
CREATE OR REPLACE FUNCTION geomap.natural_order(place text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(place, '[0-9]+', E'\u0001' || repeat('0', 20) || '\&', 'g'),
    '[0-9]*([0-9]{20})(?![0-9])', '\1', 'g'
);

-- A source and a place in it, as source¶place; the source alone where no place is given.
CREATE OR REPLACE FUNCTION geomap.citation(source text, place text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN source || coalesce(
    '¶' || nullif(btrim(regexp_replace(place, '^¶', ''), geomap.white_space()), ''), ''
);


-- Which claims count

-- What each kind of claim means, as geomap/core/kinds.py says it.
CREATE OR REPLACE VIEW geomap.kind (name, transfers, ends_control, asserts, gives_up, takes_since) AS
VALUES
    ('control', true, false, false, false, false),
    ('due', false, false, false, false, true),
    ('handover', true, true, false, false, false),
    ('claimed', false, false, true, false, false),
    ('renounced', false, false, false, true, false);

-- Whether a source counts: it was published by the day `known`, and is one of those chosen. NULL
-- stands for no limit.
CREATE OR REPLACE FUNCTION geomap.source_counts(
    id text, published date, known date, sources text[]
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (known IS NULL OR published <= known) AND (sources IS NULL OR id = ANY (sources));

-- Whether a claim counts, apart from its source: it was added and not withdrawn by the day `known`.
CREATE OR REPLACE FUNCTION geomap.claim_counts(added date, withdrawn date, known date)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN known IS NULL THEN withdrawn IS NULL
    ELSE (added IS NULL OR added <= known) AND (withdrawn IS NULL OR withdrawn > known)
END;


-- What claims agree on

-- The events that the visible claims of a revision make.
--
-- `transfers`, `ends_control`, `asserts`, `gives_up` and `takes_since` are what its kind means. The
-- span is NULL only for an arrangement to which no claim gives a date. The span `force` is that of
-- the days from which an arrangement counts, NULL for other kinds. `stating` are the rows of the
-- claims that state the spans, `consistent` those of the others.
CREATE OR REPLACE FUNCTION geomap.events(of_revision bigint, known date, sources text[])
RETURNS TABLE (
    event text, region text, actor text, kind text, part boolean,
    transfers boolean, ends_control boolean, asserts boolean, gives_up boolean, takes_since boolean,
    first date, last date, first_qualifier text, last_qualifier text,
    force_first date, force_last date, disputed boolean, stating integer[], consistent integer[]
)
LANGUAGE sql STABLE PARALLEL SAFE
-- To compile the query takes longer than to run it. What it joins are results of its own steps, whose
-- sizes the planner cannot know; nested loops, which it takes for small ones, last minutes where they
-- are not.
SET jit = off
SET enable_nestloop = off
BEGIN ATOMIC
    WITH visible AS MATERIALIZED (
        SELECT
            claim.*, source.published,
            kind.transfers, kind.ends_control, kind.asserts, kind.gives_up, kind.takes_since
        FROM geomap.claim
        JOIN geomap.source
            ON source.revision = claim.revision AND source.id = claim.source
        JOIN geomap.kind ON kind.name = claim.kind
        WHERE claim.revision = of_revision
            AND geomap.source_counts(source.id, source.published, events.known, events.sources)
            AND geomap.claim_counts(claim.added, claim.withdrawn, events.known)
    ),
    arrangement AS (
        SELECT
            visible.*,
            bool_or(since_end IS NOT NULL) OVER event AS any_since,
            min(published) OVER event AS first_published
        FROM visible
        WHERE takes_since
        WINDOW event AS (PARTITION BY visible.event)
    ),
    -- What single claims say: when the event happened or shall happen, and since when it is in force.
    -- Where no claim says since when, an arrangement counts at the latest from the day on which the
    -- first of them was published.
    statement (about, event, "row", first, last, first_qualifier, last_qualifier) AS (
        SELECT
            'date', visible.event, "row", coalesce(date_start, '-infinity'), date_end,
            date_start_qualifier, date_end_qualifier
        FROM visible
        WHERE date_end IS NOT NULL
        UNION ALL
        SELECT
            'since', arrangement.event, "row", coalesce(since_start, '-infinity'), since_end,
            since_start_qualifier, since_end_qualifier
        FROM arrangement
        WHERE since_end IS NOT NULL
        UNION ALL
        SELECT 'since', arrangement.event, "row", '-infinity', published, '', ''
        FROM arrangement
        WHERE NOT any_since AND published = first_published
    ),
    -- The days that all statements allow; where there is none, those from the first to the last day
    -- that any of them claims.
    bounded AS (
        SELECT
            statement.*,
            max(first) OVER alike > min(last) OVER alike AS contradict,
            CASE
                WHEN max(first) OVER alike > min(last) OVER alike THEN min(first) OVER alike
                ELSE max(first) OVER alike
            END AS joint_first,
            CASE
                WHEN max(first) OVER alike > min(last) OVER alike THEN max(last) OVER alike
                ELSE min(last) OVER alike
            END AS joint_last
        FROM statement
        WINDOW alike AS (PARTITION BY about, statement.event)
    ),
    -- Qualifiers never widen a span; those of the claims that set its ends are carried along.
    qualified AS (
        SELECT
            bounded.*,
            geomap.joint_qualifier(
                min(first_qualifier) FILTER (WHERE first = joint_first) OVER alike,
                max(first_qualifier) FILTER (WHERE first = joint_first) OVER alike
            ) AS joint_first_qualifier,
            geomap.joint_qualifier(
                min(last_qualifier) FILTER (WHERE last = joint_last) OVER alike,
                max(last_qualifier) FILTER (WHERE last = joint_last) OVER alike
            ) AS joint_last_qualifier
        FROM bounded
        WINDOW alike AS (PARTITION BY about, bounded.event)
    ),
    compared AS (
        SELECT
            qualified.*,
            first = joint_first AND first > '-infinity' AS sets_first,
            last = joint_last AS sets_last,
            first_qualifier = joint_first_qualifier AS first_alike,
            last_qualifier = joint_last_qualifier AS last_alike
        FROM qualified
    ),
    -- A claim states the span if its own is the same; if none is, those that bound it state it
    -- jointly (where some give an end with its qualifier, these); all do where they contradict.
    stated AS (
        SELECT
            compared.*,
            contradict
            OR CASE
                WHEN bool_or(first = joint_first AND sets_last AND first_alike AND last_alike)
                    OVER alike
                THEN first = joint_first AND sets_last AND first_alike AND last_alike
                ELSE
                    sets_first
                    AND (first_alike OR NOT bool_or(sets_first AND first_alike) OVER alike)
                    OR sets_last
                    AND (last_alike OR NOT bool_or(sets_last AND last_alike) OVER alike)
            END AS states
        FROM compared
        WINDOW alike AS (PARTITION BY about, compared.event)
    ),
    -- Each claim with what it and the other claims say. Where no claim gives a date, all of them
    -- state that there is none.
    judged AS (
        SELECT
            visible.*,
            happened.joint_first, happened.joint_last,
            happened.joint_first_qualifier, happened.joint_last_qualifier,
            force.joint_first AS force_first, force.joint_last AS force_last,
            coalesce(happened.contradict, false) OR coalesce(force.contradict, false) AS contradicts,
            coalesce(happened.states, count(happened.event) OVER event = 0) AS states_date,
            coalesce(force.states, false) AS states_force
        FROM visible
        LEFT JOIN stated AS happened
            ON happened.about = 'date' AND happened."row" = visible."row"
        LEFT JOIN stated AS force
            ON force.about = 'since' AND force."row" = visible."row"
        WINDOW event AS (PARTITION BY visible.event)
    ),
    -- Where none of the claims that state the span says that it was a part only, those that do
    -- belong to the statement, too.
    sorted AS (
        SELECT
            judged.*,
            states_date OR states_force
            OR part AND NOT bool_or(part AND states_date) OVER event AS states
        FROM judged
        WINDOW event AS (PARTITION BY judged.event)
    )
    -- The claims of one event name the same region, actor and kind.
    SELECT
        sorted.event, min(sorted.region), min(sorted.actor), min(sorted.kind), bool_or(sorted.part),
        bool_or(sorted.transfers), bool_or(sorted.ends_control), bool_or(sorted.asserts),
        bool_or(sorted.gives_up), bool_or(sorted.takes_since),
        max(joint_first), max(joint_last), max(joint_first_qualifier), max(joint_last_qualifier),
        max(sorted.force_first), max(sorted.force_last), bool_or(contradicts),
        coalesce(array_agg("row" ORDER BY "row") FILTER (WHERE states), '{}'),
        coalesce(array_agg("row" ORDER BY "row") FILTER (WHERE NOT states), '{}')
    FROM sorted
    GROUP BY sorted.event;
END;

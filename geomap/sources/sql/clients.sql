-- Who holds each region on a day, in SQL: geomap.status_on gives row for row and column for column
-- what `geomap.core.status.status_on` gives in Python, for QGIS, martin, pg_tileserv, tipg and any
-- other client of the database. The rules are those of geomap/core; a test compares both.
--
-- What to call:
--   geomap.status_on(dataset, date, known, only_sources, revision): who holds what on a day
--   geomap.status: the same as a view, on the day that each dataset's map opens on
--   geomap.status_tile(z, x, y, query): the same as a vector tile
--
-- The file may be run again: it replaces what it made. It needs events.sql and status.sql.


-- The revision to answer from, after a check of what was asked for: the dataset's last one, or that
-- of a number, if it is not 0. Raises a sentence for a dataset, revision, day or source that there is not.
CREATE OR REPLACE FUNCTION geomap.checked_revision(
    of_dataset text, day date, chosen text[], of_number integer
) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    asked geomap.revision;
    unknown text;
BEGIN
    SELECT * INTO asked FROM geomap.revision
    WHERE dataset = of_dataset AND (coalesce(of_number, 0) = 0 OR number = of_number)
    ORDER BY number DESC
    LIMIT 1;
    IF asked.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = CASE
            WHEN coalesce(of_number, 0) = 0 THEN format('dataset: there is no ''%s'' here', of_dataset)
            ELSE format('revision: there is no revision %s of ''%s'' here', of_number, of_dataset)
        END;
    END IF;
    IF day IS NULL OR day NOT BETWEEN asked.period_start AND asked.period_end THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'date: %s lies outside %s to %s; this map makes no claim about other days',
            coalesce(day::text, 'no day'), asked.period_start, asked.period_end
        );
    END IF;
    SELECT given.id INTO unknown FROM unnest(chosen) AS given (id)
    WHERE NOT EXISTS (
        SELECT FROM geomap.source WHERE source.revision = asked.id AND source.id = given.id
    );
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'sources: there is no source ''%s'' in ''%s''', unknown, of_dataset
        );
    END IF;
    RETURN asked.id;
END $$;

-- Source ids from a text that has them with commas between, as addresses of the web service do; NULL,
-- which is all of them, where it has none.
CREATE OR REPLACE FUNCTION geomap.source_ids(sources text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN string_to_array(nullif(replace(sources, ' ', ''), ''), ',');

-- Who holds each region of a dataset on a day: one row a region, in the dataset's order.
--
-- `known` limits the claims to those published by that day, `only_sources` (ids with commas between)
-- to those of the named sources; `revision` is the number of an older revision. Their defaults, and
-- NULL, limit nothing; they are not NULL, and no parameter has the name of a column, because some
-- clients write defaults as texts into queries and tell parameters and columns by name.
--
-- Dates are EDTF; `sources` states the row but for `claimed_by`, which `claimed_by_sources` states;
-- `consistent_sources` is about the same events as `sources`. Raises a sentence where the day lies
-- outside the dataset's period, and for an unknown dataset, source or revision.
CREATE OR REPLACE FUNCTION geomap.status_on(
    dataset text, date date, known date DEFAULT 'infinity', only_sources text DEFAULT '',
    revision integer DEFAULT 0
)
RETURNS TABLE (
    id text, name text, control_status text, actor text, divided text, other_actors text[],
    claimed_by text[], since text, previous_actor text, handover_date text, handover_due text,
    handover_due_first text, overdue boolean, disputed boolean, lies_within text, sources text[],
    consistent_sources text[], claimed_by_sources text[], geometry geometry(MultiPolygon, 4326)
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT * FROM geomap.status_of(
        geomap.checked_revision(
            status_on.dataset, status_on.date, geomap.source_ids(status_on.only_sources),
            status_on.revision
        ),
        status_on.date, nullif(status_on.known, 'infinity'), geomap.source_ids(status_on.only_sources)
    );
END;

-- Who holds each region of each dataset on the day that its map opens on, for clients that take
-- tables and views only. `key` is unique, as some of them ask for; `dataset` and `as_of` say of what
-- and of when.
CREATE OR REPLACE VIEW geomap.status AS
    SELECT
        current.dataset || '/' || status.id AS key, current.dataset, current.date AS as_of,
        status.id, status.name, control_status, status.actor, divided, other_actors, claimed_by,
        since, previous_actor, handover_date, handover_due, handover_due_first, overdue, disputed,
        lies_within, status.sources, consistent_sources, claimed_by_sources,
        -- The type with its SRID, which tile servers look for, is that of a column, not of a function.
        geometry::geometry(MultiPolygon, 4326) AS geometry
    FROM geomap.current,
        geomap.status_of(current.id, current.date, NULL, NULL) AS status;

-- The same as one vector tile in Web Mercator, whose layer `status` has the columns of `status_on`,
-- lists as texts. `query` holds its parameters, `sources` as ids with commas between; without a
-- `date` it is the day that the map opens on, and the `dataset` may be left out where there is one
-- only. Tile servers that look for functions of this form (martin, pg_tileserv) offer it by itself.
CREATE OR REPLACE FUNCTION geomap.status_tile(
    z integer, x integer, y integer, query json DEFAULT '{}'
) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    asked geomap.revision;
    tile bytea;
BEGIN
    SELECT * INTO asked FROM geomap.current
    WHERE dataset = query ->> 'dataset'
        OR query ->> 'dataset' IS NULL AND (SELECT count(*) FROM geomap.current) = 1;
    IF asked.id IS NULL AND query ->> 'dataset' IS NULL THEN
        RAISE EXCEPTION 'dataset: say which one'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT ST_AsMVT(shown, 'status', 4096, 'outline') INTO tile
    FROM (
        SELECT
            id, name, control_status, actor, divided,
            array_to_string(other_actors, '; ') AS other_actors,
            array_to_string(claimed_by, '; ') AS claimed_by,
            since, previous_actor, handover_date, handover_due, handover_due_first, overdue,
            disputed, lies_within,
            array_to_string(status.sources, '; ') AS sources,
            array_to_string(consistent_sources, '; ') AS consistent_sources,
            array_to_string(claimed_by_sources, '; ') AS claimed_by_sources,
            ST_AsMVTGeom(ST_Transform(geometry, 3857), ST_TileEnvelope(z, x, y)) AS outline
        FROM geomap.status_on(
            coalesce(asked.dataset, query ->> 'dataset'),
            coalesce((query ->> 'date')::date, asked.date),
            (query ->> 'known')::date,
            query ->> 'sources',
            (query ->> 'revision')::integer
        ) AS status
        -- A margin, for the outline is drawn a little beyond the tile; and no poles, which Web
        -- Mercator does not reach.
        WHERE geometry && ST_Transform(ST_TileEnvelope(z, x, y, margin => 0.0625), 4326)
    ) AS shown
    WHERE outline IS NOT NULL;
    RETURN tile;
END $$;

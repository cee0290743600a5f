-- The tables of published datasets. `geomap publish` runs this file once in a database, in the
-- transaction of its first revision; later changes of the tables are files of their own.
--
-- A revision is one published state of one dataset. `file` holds its files as they were, and
-- everything is read from there; the other tables are derived from the files in the same
-- transaction, for SQL. A text that is not given is '', a date that is not given is NULL. Texts by
-- language are JSON objects; the text without a language is under "".

-- Not IF NOT EXISTS, which asks for the right to create it even where an administrator has done so.
DO $$
BEGIN
    IF to_regnamespace('geomap') IS NULL THEN
        CREATE SCHEMA geomap;
    END IF;
END $$;

-- Which files of this folder have been run, and a digest of what they held.
CREATE TABLE geomap.migration (
    name text PRIMARY KEY,
    digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE geomap.revision (
    id bigserial PRIMARY KEY,
    dataset text NOT NULL,
    number integer NOT NULL CHECK (number > 0), -- 1, 2, … in each dataset
    published_at timestamptz NOT NULL DEFAULT now(),
    author text NOT NULL CHECK (author <> ''),
    message text NOT NULL CHECK (message <> ''),
    version text NOT NULL,                      -- hash of all files, as in /healthz and exports
    title jsonb NOT NULL,
    period_start date NOT NULL,                 -- days outside the period are refused
    period_end date NOT NULL,
    date date NOT NULL,                         -- the day that the map opens on
    attribution jsonb NOT NULL,
    licence text NOT NULL,
    licence_url text NOT NULL,
    UNIQUE (dataset, number)
);

CREATE TABLE geomap.file (
    revision bigint NOT NULL REFERENCES geomap.revision,
    name text NOT NULL,                         -- with slashes, as regions/lachin.geojson
    content bytea NOT NULL,
    PRIMARY KEY (revision, name)
);

CREATE TABLE geomap.actor (
    revision bigint NOT NULL REFERENCES geomap.revision,
    place integer NOT NULL,                     -- 0, 1, … in the order of actors.csv
    id text NOT NULL,
    name text NOT NULL,
    names jsonb NOT NULL,                       -- name:xx under xx, name:xx:CASE under xx:CASE
    colour text NOT NULL,                       -- #rrggbb
    dark text,                                  -- the colour of dark themes
    iso_3166_2 text NOT NULL,
    wikidata text NOT NULL,
    osm text NOT NULL,
    geonames text NOT NULL,
    PRIMARY KEY (revision, id)
);

CREATE TABLE geomap.source (
    revision bigint NOT NULL REFERENCES geomap.revision,
    place integer NOT NULL,                     -- 0, 1, … in the order of sources.csv
    id text NOT NULL,
    name text NOT NULL,                         -- the short name in citations, or ''
    names jsonb NOT NULL,
    publisher text NOT NULL,
    publishers jsonb NOT NULL,
    title text NOT NULL,
    published date NOT NULL,
    url text NOT NULL,
    language text NOT NULL,
    kind text NOT NULL,
    PRIMARY KEY (revision, id)
);

CREATE TABLE geomap.region (
    revision bigint NOT NULL REFERENCES geomap.revision,
    place integer NOT NULL,                     -- 0, 1, … in the order in which regions are listed
    id text NOT NULL,
    name text NOT NULL,
    names jsonb NOT NULL,                       -- as those of an actor
    alt_names text[] NOT NULL,
    lies_within text NOT NULL,                  -- an actor, or ''
    lies_within_source text NOT NULL,
    lies_within_locator text NOT NULL,
    lies_within_note jsonb NOT NULL,
    note jsonb NOT NULL,
    properties jsonb NOT NULL,                  -- the further properties of the region's file
    area_km2 double precision NOT NULL,
    label_lon double precision NOT NULL,
    label_lat double precision NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL,
    PRIMARY KEY (revision, id)
);
CREATE INDEX ON geomap.region USING gist (geom);

-- date and since are EDTF, as short as it can be written, their first and last day beside them:
-- no first day where the span is open to the past. A qualifier is '', '?', '~' or '%'.
CREATE TABLE geomap.claim (
    revision bigint NOT NULL REFERENCES geomap.revision,
    "row" integer NOT NULL,                     -- the row in claims.csv, in whose order claims are
    event text NOT NULL,
    region text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    date text,
    date_start date,
    date_end date,
    date_start_qualifier text NOT NULL,
    date_end_qualifier text NOT NULL,
    since text,
    since_start date,
    since_end date,
    since_start_qualifier text NOT NULL,
    since_end_qualifier text NOT NULL,
    part boolean NOT NULL,
    source text NOT NULL,
    locator text NOT NULL,
    locators jsonb NOT NULL,
    citation text NOT NULL,                     -- source¶locator, as in the exports
    note text NOT NULL,
    notes jsonb NOT NULL,
    added date,
    withdrawn date,
    withdrawn_because text NOT NULL,
    withdrawn_becauses jsonb NOT NULL,
    author text NOT NULL DEFAULT '',            -- who of the desk entered the row; not for readers
    PRIMARY KEY (revision, "row"),
    FOREIGN KEY (revision, region) REFERENCES geomap.region (revision, id),
    FOREIGN KEY (revision, actor) REFERENCES geomap.actor (revision, id),
    FOREIGN KEY (revision, source) REFERENCES geomap.source (revision, id)
);
CREATE INDEX ON geomap.claim (revision, region);

CREATE TABLE geomap.report (
    revision bigint NOT NULL REFERENCES geomap.revision,
    "row" integer NOT NULL,                     -- the row in reports.csv
    date text NOT NULL,
    date_start date,
    date_end date NOT NULL,
    date_start_qualifier text NOT NULL,
    date_end_qualifier text NOT NULL,
    region text NOT NULL,                       -- '' where the report is about no single region
    text text NOT NULL,
    texts jsonb NOT NULL,
    source text NOT NULL,
    locator text NOT NULL,
    locators jsonb NOT NULL,
    citation text NOT NULL,
    author text NOT NULL DEFAULT '',
    PRIMARY KEY (revision, "row"),
    FOREIGN KEY (revision, source) REFERENCES geomap.source (revision, id)
);

-- What is drawn beneath: countries, areas, water, lines, towns.
CREATE TABLE geomap.context (
    revision bigint NOT NULL REFERENCES geomap.revision,
    place integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    names jsonb NOT NULL,
    actor text NOT NULL,                        -- whose colour tints it, or ''
    geom geometry(Geometry, 4326) NOT NULL,
    PRIMARY KEY (revision, place)
);
CREATE INDEX ON geomap.context USING gist (geom);

-- The last revision of each dataset.
CREATE VIEW geomap.current AS
    SELECT DISTINCT ON (dataset) *
    FROM geomap.revision
    ORDER BY dataset, number DESC;

-- What is published stays: a correction is a new revision.
CREATE FUNCTION geomap.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published revision is never changed; publish a new one'
        USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    published text;
BEGIN
    FOREACH published IN ARRAY ARRAY[
        'revision', 'file', 'actor', 'source', 'region', 'claim', 'report', 'context'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON geomap.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION geomap.refuse_change()',
            published
        );
    END LOOP;
END $$;

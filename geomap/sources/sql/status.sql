-- The events of a revision to the status of each region on a day, by the rules of geomap/core: see
-- core/rules.py, governments.py, arrangements.py and order.py. A span is as in events.sql.


-- Who holds each region of a revision on a day; parameters as `status_on`, which also checks them.
CREATE OR REPLACE FUNCTION geomap.status_of(
    of_revision bigint, day date, known date, sources text[]
)
RETURNS TABLE (
    id text, name text, control_status text, actor text, divided text, other_actors text[],
    claimed_by text[], since text, previous_actor text, handover_date text, handover_due text,
    handover_due_first text, overdue boolean, disputed boolean, lies_within text, sources text[],
    consistent_sources text[], claimed_by_sources text[], geometry geometry(MultiPolygon, 4326)
)
LANGUAGE sql STABLE PARALLEL SAFE
-- As of `events`.
SET jit = off
SET enable_nestloop = off
BEGIN ATOMIC
    WITH event AS MATERIALIZED (
        SELECT * FROM geomap.events(of_revision, status_of.known, status_of.sources)
    ),

    -- When a transfer may have happened.
    --
    -- A handover whose start is open ("by 25 January") starts no earlier than the arrangement that
    -- it fulfils, nor than the last transfer of the whole that was certain before.
    open_handover AS (
        SELECT * FROM event WHERE ends_control AND first = '-infinity'
    ),
    after_transfer AS (
        SELECT handover.event, max(other.last) AS bound
        FROM open_handover AS handover
        JOIN event AS other ON other.region = handover.region
        WHERE other.transfers AND NOT other.part AND other.event <> handover.event
            AND (
                other.last < handover.last
                OR other.last = handover.last AND NOT other.ends_control
            )
        GROUP BY handover.event
    ),
    after_arrangement AS (
        SELECT DISTINCT ON (handover.event)
            handover.event,
            CASE
                WHEN due.force_first = '-infinity' THEN due.force_last ELSE due.force_first
            END AS bound
        FROM open_handover AS handover
        JOIN event AS due ON due.region = handover.region AND due.actor = handover.actor
        WHERE due.takes_since AND due.force_last <= handover.last
        ORDER BY handover.event, due.force_last DESC, bound
    ),
    transfer AS MATERIALIZED (
        SELECT
            event.*,
            CASE
                WHEN ends_control AND first = '-infinity' THEN least(
                    coalesce(greatest(after_transfer.bound, after_arrangement.bound), '-infinity'),
                    last
                )
                ELSE first
            END AS earliest
        FROM event
        LEFT JOIN after_transfer ON after_transfer.event = event.event
        LEFT JOIN after_arrangement ON after_arrangement.event = event.event
        WHERE transfers
    ),

    -- The holder: whoever the last transfers of the whole name that have certainly happened. The
    -- last day of a transfer's span counts as after it.
    certain AS MATERIALIZED (
        SELECT * FROM transfer WHERE NOT part AND last <= day
    ),
    -- A transfer comes before another if it ends before that one starts. A handover also comes after
    -- the control of another actor that it ends, one that shares a day with it and was certain by
    -- its last day; and one whose start is open after whatever was certain before its last day. No
    -- id, row or name decides an order.
    before AS MATERIALIZED (
        SELECT earlier.event AS earlier, later.event AS later
        FROM certain AS earlier
        JOIN certain AS later ON later.region = earlier.region
        WHERE earlier.last < later.first
            OR later.ends_control AND later.first = '-infinity' AND earlier.last < later.last
            OR later.ends_control AND NOT earlier.ends_control AND earlier.actor <> later.actor
            AND later.first <= earlier.last AND earlier.last <= later.last
    ),
    last_transfer AS MATERIALIZED (
        SELECT * FROM certain
        WHERE NOT EXISTS (SELECT FROM before WHERE before.earlier = certain.event)
    ),
    holder AS MATERIALIZED (
        SELECT region, min(actor) AS actor
        FROM last_transfer
        GROUP BY region
        HAVING count(DISTINCT actor) = 1
    ),
    -- Two last transfers that name different actors have no known order: nobody is the holder.
    contradicting AS MATERIALIZED (
        SELECT last_transfer.*
        FROM last_transfer
        LEFT JOIN holder ON holder.region = last_transfer.region
        WHERE holder.region IS NULL
    ),

    -- The run: the consecutive transfers that confirm the holder, those to it that come after all
    -- of the last ones to others; where none does, the last ones of all.
    to_others AS (
        SELECT certain.*
        FROM certain
        JOIN holder ON holder.region = certain.region AND holder.actor <> certain.actor
    ),
    last_to_others AS (
        SELECT * FROM to_others
        WHERE NOT EXISTS (
            SELECT FROM before
            JOIN to_others AS next ON next.event = before.later
            WHERE before.earlier = to_others.event
        )
    ),
    not_after_others AS (
        SELECT own.event
        FROM certain AS own
        JOIN holder ON holder.region = own.region AND holder.actor = own.actor
        JOIN last_to_others AS other ON other.region = own.region
        LEFT JOIN before ON before.earlier = other.event AND before.later = own.event
        WHERE before.later IS NULL
    ),
    confirming AS (
        SELECT certain.*
        FROM certain
        JOIN holder ON holder.region = certain.region AND holder.actor = certain.actor
        WHERE NOT EXISTS (
            SELECT FROM not_after_others WHERE not_after_others.event = certain.event
        )
    ),
    run AS MATERIALIZED (
        SELECT * FROM confirming
        UNION ALL
        SELECT last_transfer.*
        FROM last_transfer
        JOIN holder ON holder.region = last_transfer.region
        WHERE NOT EXISTS (
            SELECT FROM confirming WHERE confirming.region = last_transfer.region
        )
    ),
    began AS (
        SELECT DISTINCT ON (region) region, first, last, first_qualifier, last_qualifier
        FROM run
        ORDER BY region, last, first, last_qualifier COLLATE "C", first_qualifier COLLATE "C"
    ),

    -- The holder before: whoever the last of the transfers before the run name.
    before_run AS (
        SELECT certain.*
        FROM certain
        JOIN holder ON holder.region = certain.region
        WHERE NOT EXISTS (SELECT FROM run WHERE run.event = certain.event)
    ),
    last_before_run AS (
        SELECT * FROM before_run
        WHERE NOT EXISTS (
            SELECT FROM before
            JOIN before_run AS next ON next.event = before.later
            WHERE before.earlier = before_run.event
        )
    ),
    previous_holder AS (
        SELECT region, min(actor) AS actor
        FROM last_before_run
        GROUP BY region
        HAVING count(DISTINCT actor) = 1
    ),
    previous AS (
        SELECT last_before_run.*
        FROM last_before_run
        JOIN previous_holder ON previous_holder.region = last_before_run.region
    ),

    -- Transfers that may have happened, but have not certainly. One to the actor who holds the
    -- region already makes nothing unclear but its date.
    perhaps AS (
        SELECT transfer.*
        FROM transfer
        LEFT JOIN holder ON holder.region = transfer.region
        WHERE earliest <= day AND day < last AND transfer.actor IS DISTINCT FROM holder.actor
    ),
    possible AS MATERIALIZED (
        SELECT * FROM perhaps WHERE NOT part
    ),
    unclear AS (
        SELECT region FROM contradicting UNION SELECT region FROM possible
    ),

    -- The handover: the first that may have happened, or else the last that brought the holder.
    attempt AS (
        SELECT DISTINCT ON (region) region, first, last, first_qualifier, last_qualifier
        FROM possible
        WHERE ends_control
        ORDER BY region, last, first, last_qualifier COLLATE "C", first_qualifier COLLATE "C"
    ),
    arrival AS (
        SELECT DISTINCT ON (region) region, first, last, first_qualifier, last_qualifier
        FROM run
        WHERE ends_control
        ORDER BY
            region, last DESC, first DESC,
            last_qualifier COLLATE "C" DESC, first_qualifier COLLATE "C" DESC
    ),
    handover AS (
        SELECT * FROM attempt
        UNION ALL
        SELECT * FROM arrival
        WHERE NOT EXISTS (SELECT FROM attempt WHERE attempt.region = arrival.region)
    ),

    -- Divided: a part that another actor than the holder has got, or may have got. A transfer of
    -- the whole that certainly came later ends it.
    certain_part AS (
        SELECT * FROM transfer WHERE part AND last <= day
    ),
    last_start AS (
        SELECT region, max(first) AS first FROM certain GROUP BY region
    ),
    standing_part AS (
        SELECT certain_part.*
        FROM certain_part
        LEFT JOIN last_start ON last_start.region = certain_part.region
        LEFT JOIN holder ON holder.region = certain_part.region
        WHERE certain_part.last >= coalesce(last_start.first, '-infinity')
            AND certain_part.actor IS DISTINCT FROM holder.actor
    ),
    shown_part AS (
        SELECT region, event, actor, stated.disputed, 'yes' AS divided
        FROM standing_part AS stated
        UNION ALL
        SELECT region, event, actor, perhaps.disputed, 'perhaps'
        FROM perhaps
        WHERE part AND NOT EXISTS (
            SELECT FROM standing_part WHERE standing_part.region = perhaps.region
        )
    ),

    -- Arrangements in force, and which of them are fulfilled: their actor has got the region since
    -- they were agreed (for a part, a part is enough). Where nothing says since when one was in
    -- force, and its day had passed when it was reported, the actor may have got it by that day.
    due AS MATERIALIZED (
        SELECT in_force.*, day_passed < in_force_from AS reported_late,
            least(day_passed, in_force_from) AS agreed
        FROM (
            SELECT
                event.*,
                CASE
                    WHEN force_first = '-infinity' THEN force_last ELSE force_first
                END AS in_force_from,
                CASE
                    WHEN force_first > '-infinity' THEN NULL
                    WHEN first = '-infinity' THEN last
                    ELSE first
                END AS day_passed
            FROM event
            WHERE takes_since AND force_last <= day
        ) AS in_force
    ),
    -- What certainly happened: all of it, and what did before the run.
    happened AS MATERIALIZED (
        SELECT 'until now' AS period, event, region, actor, part, first, last FROM certain
        UNION ALL
        SELECT 'before the run', event, region, actor, part, first, last FROM before_run
        UNION ALL
        SELECT period, event, region, actor, part, first, last
        FROM certain_part, (VALUES ('until now'), ('before the run')) AS both_periods (period)
    ),
    happened_by_then AS (
        SELECT due.event AS due, due.actor AS due_actor, happened.*
        FROM due
        JOIN happened ON happened.region = due.region AND (due.part OR NOT happened.part)
        WHERE due.reported_late AND happened.last < due.agreed
    ),
    last_by_then AS (
        SELECT * FROM happened_by_then AS earlier
        WHERE NOT part AND NOT EXISTS (
            SELECT FROM before
            JOIN happened_by_then AS later ON later.event = before.later
            WHERE before.earlier = earlier.event
                AND later.due = earlier.due AND later.period = earlier.period
        )
    ),
    last_start_by_then AS (
        SELECT due, period, max(first) AS first
        FROM happened_by_then
        WHERE NOT part
        GROUP BY due, period
    ),
    fulfilled AS MATERIALIZED (
        SELECT due.event AS due, happened.period
        FROM due
        JOIN happened ON happened.region = due.region AND happened.actor = due.actor
        WHERE (due.part OR NOT happened.part) AND happened.last >= due.agreed
        UNION
        SELECT due, period
        FROM last_by_then
        GROUP BY due, due_actor, period
        HAVING min(actor) = due_actor AND max(actor) = due_actor
        UNION
        SELECT part.due, part.period
        FROM happened_by_then AS part
        LEFT JOIN last_start_by_then AS last_start
            ON last_start.due = part.due AND last_start.period = part.period
        WHERE part.part AND part.actor = part.due_actor
            AND part.last >= coalesce(last_start.first, '-infinity')
    ),

    -- Due: where nothing is unclear, the arrangement in force that is not fulfilled; of several the
    -- one that is in force since latest.
    open_due AS (
        SELECT due.*, max(due.force_last) OVER (PARTITION BY due.region) AS latest
        FROM due
        LEFT JOIN holder ON holder.region = due.region
        WHERE due.actor IS DISTINCT FROM holder.actor
            AND NOT EXISTS (
                SELECT FROM fulfilled
                WHERE fulfilled.due = due.event AND fulfilled.period = 'until now'
            )
            AND NOT EXISTS (SELECT FROM unclear WHERE unclear.region = due.region)
    ),
    pending AS (
        SELECT * FROM open_due WHERE force_last = latest
    ),
    pending_region AS (
        -- Past its last day it is overdue; one without a date never is.
        SELECT region, bool_and(coalesce(last < day, false)) AS overdue
        FROM pending
        GROUP BY region
    ),

    -- The arrangements behind what is shown: of the pending transfer, of the handover that may
    -- have happened, or of the one that did.
    awaited AS (
        SELECT DISTINCT region, actor, 'until now' AS period FROM pending
        UNION ALL
        SELECT possible.region, min(possible.actor), 'until now'
        FROM possible
        JOIN attempt
            ON (possible.region, possible.first, possible.last)
                = (attempt.region, attempt.first, attempt.last)
            AND (possible.first_qualifier, possible.last_qualifier)
                = (attempt.first_qualifier, attempt.last_qualifier)
        WHERE possible.ends_control
        GROUP BY possible.region
        HAVING count(DISTINCT possible.actor) = 1
        UNION ALL
        SELECT holder.region, holder.actor, 'before the run'
        FROM holder
        JOIN arrival ON arrival.region = holder.region
        WHERE NOT EXISTS (SELECT FROM pending WHERE pending.region = holder.region)
            AND NOT EXISTS (SELECT FROM attempt WHERE attempt.region = holder.region)
    ),
    behind AS (
        SELECT
            due.*,
            max(force_last) OVER (PARTITION BY due.region) AS last_force,
            min(force_last) FILTER (WHERE last IS NOT NULL) OVER (PARTITION BY due.region)
                AS first_force
        FROM due
        JOIN awaited ON awaited.region = due.region AND awaited.actor = due.actor
        WHERE NOT EXISTS (
            SELECT FROM fulfilled
            WHERE fulfilled.due = due.event AND fulfilled.period = awaited.period
        )
    ),
    -- The last agreed (after any postponement) and the first that were given a date.
    shown_due AS MATERIALIZED (
        SELECT 'last' AS place, behind.* FROM behind WHERE force_last = last_force
        UNION ALL
        SELECT 'first', behind.* FROM behind WHERE force_last = first_force
    ),
    -- The days by which they were to happen: from the first to the last that any of them names.
    due_bounds AS (
        SELECT
            place, region, min(first) AS first, max(last) AS last,
            count(DISTINCT (actor, first, last, first_qualifier, last_qualifier)) > 1 AS differ
        FROM shown_due
        GROUP BY place, region
    ),
    due_days AS (
        SELECT
            place, region, bounds.differ,
            geomap.edtf_due(
                bounds.first, bounds.last,
                geomap.joint_qualifier(
                    min(first_qualifier) FILTER (WHERE shown_due.first = bounds.first),
                    max(first_qualifier) FILTER (WHERE shown_due.first = bounds.first)
                ),
                geomap.joint_qualifier(
                    min(last_qualifier) FILTER (WHERE shown_due.last = bounds.last),
                    max(last_qualifier) FILTER (WHERE shown_due.last = bounds.last)
                )
            ) AS days
        FROM shown_due
        JOIN due_bounds AS bounds USING (place, region)
        GROUP BY place, region, bounds.first, bounds.last, bounds.differ
    ),

    -- What governments claim, whoever holds the region. A claim stands once it has certainly been
    -- made; a renunciation ends every claim of its actor that may have been made by then. Of each
    -- actor's claims the earliest counts, with those of equal span.
    given_up AS (
        SELECT region, actor, max(last) AS last
        FROM event
        WHERE gives_up AND last <= day
        GROUP BY region, actor
    ),
    claimed AS (
        SELECT
            event.*,
            rank() OVER (
                PARTITION BY event.region, event.actor
                ORDER BY
                    event.last, event.first,
                    last_qualifier COLLATE "C", first_qualifier COLLATE "C"
            ) AS rank
        FROM event
        LEFT JOIN given_up
            ON given_up.region = event.region AND given_up.actor = event.actor
        WHERE asserts AND event.last <= day
            AND (
                given_up.last IS NULL
                OR CASE WHEN event.first = '-infinity' THEN event.last ELSE event.first END
                    > given_up.last
            )
    ),
    standing_claim AS (
        SELECT * FROM claimed WHERE rank = 1
    ),

    -- The events that the status rests on. Of the run these are those that state since when the
    -- holder has it and how it came; all, where only together they come after the holder before.
    joint_run AS (
        SELECT DISTINCT run.region
        FROM run
        JOIN previous ON previous.region = run.region
        LEFT JOIN before ON before.earlier = previous.event AND before.later = run.event
        WHERE before.later IS NULL
    ),
    stating_run AS (
        SELECT run.*
        FROM run
        JOIN began ON began.region = run.region
        LEFT JOIN handover ON handover.region = run.region
        LEFT JOIN joint_run ON joint_run.region = run.region
        WHERE (run.first, run.last, run.first_qualifier, run.last_qualifier)
                = (began.first, began.last, began.first_qualifier, began.last_qualifier)
            OR run.ends_control
            AND (run.first, run.last, run.first_qualifier, run.last_qualifier)
                = (handover.first, handover.last, handover.first_qualifier, handover.last_qualifier)
            OR joint_run.region IS NOT NULL
    ),
    present AS (
        SELECT region, event, stating_run.disputed FROM stating_run
        UNION SELECT region, event, contradicting.disputed FROM contradicting
        UNION SELECT region, event, possible.disputed FROM possible
        UNION SELECT region, event, shown_due.disputed FROM shown_due
        UNION SELECT region, event, shown_part.disputed FROM shown_part
    ),
    disputed_region AS (
        SELECT region FROM contradicting
        UNION SELECT region FROM due_days WHERE differ
        UNION SELECT region FROM present WHERE present.disputed
    ),

    -- Who else holds, or may hold, a part or all of it, and who claims it, in the ledger's order.
    other_actor AS (
        SELECT region, array_agg(other.actor ORDER BY actor.place) AS actors
        FROM (
            SELECT region, actor FROM contradicting UNION SELECT region, actor FROM shown_part
        ) AS other
        JOIN geomap.actor ON actor.revision = of_revision AND actor.id = other.actor
        GROUP BY region
    ),
    claimant AS (
        SELECT region, array_agg(claimed.actor ORDER BY actor.place) AS actors
        FROM (SELECT DISTINCT region, actor FROM standing_claim) AS claimed
        JOIN geomap.actor ON actor.revision = of_revision AND actor.id = claimed.actor
        GROUP BY region
    ),
    division AS (
        SELECT region, min(divided) AS divided FROM shown_part GROUP BY region
    ),

    -- Who says what the region lies within.
    within AS (
        SELECT region.id AS region, region.lies_within, source.id AS source,
            region.lies_within_locator AS locator
        FROM geomap.region
        JOIN geomap.source
            ON source.revision = region.revision AND source.id = region.lies_within_source
        WHERE region.revision = of_revision
            AND geomap.source_counts(
                source.id, source.published, status_of.known, status_of.sources
            )
    ),

    -- Citations: whose claims state the row, whose do not state it but are about the same events,
    -- and whose state what governments claim. Each source once, in the order of its first mention.
    shown AS (
        SELECT region, event FROM present UNION SELECT region, event FROM previous
    ),
    cited (part_of_row, region, "row") AS (
        SELECT 'sources', shown.region, unnest(stating)
        FROM shown JOIN event ON event.event = shown.event
        UNION ALL
        SELECT 'consistent_sources', shown.region, unnest(consistent)
        FROM shown JOIN event ON event.event = shown.event
        UNION ALL
        SELECT 'claimed_by_sources', region, unnest(stating) FROM standing_claim
    ),
    named (part_of_row, region, "row", source, place) AS (
        SELECT part_of_row, cited.region, "row", source, unnest(geomap.places(locator))
        FROM cited
        JOIN geomap.claim USING ("row")
        WHERE claim.revision = of_revision
        UNION ALL
        SELECT 'sources', within.region, NULL, source, unnest(geomap.places(locator))
        FROM within
    ),
    -- A place that states the row is not named as consistent with it, too.
    place AS (
        SELECT part_of_row, region, source, place, min("row") AS "row"
        FROM named
        WHERE NOT EXISTS (
            SELECT FROM named AS stating
            WHERE named.part_of_row = 'consistent_sources' AND stating.part_of_row = 'sources'
                AND stating.region = named.region AND stating.source = named.source
                AND stating.place = named.place
        )
        GROUP BY part_of_row, region, source, place
    ),
    source_cited AS (
        SELECT
            part_of_row, region, min("row") AS "row",
            geomap.citation(
                source,
                coalesce(
                    string_agg(
                        place, ', '
                        ORDER BY geomap.natural_order(place) COLLATE "C", place COLLATE "C"
                    ) FILTER (WHERE place <> ''),
                    ''
                )
            ) AS citation
        FROM place
        GROUP BY part_of_row, region, source
    ),
    citations AS (
        SELECT part_of_row, region, array_agg(citation ORDER BY "row" NULLS LAST) AS citations
        FROM source_cited
        GROUP BY part_of_row, region
    )

    SELECT
        region.id,
        region.name,
        -- The first kind of status whose rule applies.
        CASE
            WHEN unclear.region IS NOT NULL THEN 'unclear'
            WHEN pending_region.region IS NOT NULL THEN 'due'
            WHEN arrival.region IS NOT NULL THEN 'handed_over'
            WHEN holder.region IS NOT NULL THEN 'held'
            ELSE 'unknown'
        END,
        holder.actor,
        coalesce(division.divided, 'no'),
        coalesce(other_actor.actors, '{}'),
        coalesce(claimant.actors, '{}'),
        geomap.edtf(began.first, began.last, began.first_qualifier, began.last_qualifier),
        previous_holder.actor,
        geomap.edtf(
            handover.first, handover.last, handover.first_qualifier, handover.last_qualifier
        ),
        last_due.days,
        first_due.days,
        coalesce(pending_region.overdue, false),
        disputed_region.region IS NOT NULL,
        nullif(within.lies_within, ''),
        coalesce(stating.citations, '{}'),
        coalesce(consistent.citations, '{}'),
        coalesce(claiming.citations, '{}'),
        region.geom
    FROM geomap.region
    LEFT JOIN holder ON holder.region = region.id
    LEFT JOIN division ON division.region = region.id
    LEFT JOIN other_actor ON other_actor.region = region.id
    LEFT JOIN claimant ON claimant.region = region.id
    LEFT JOIN began ON began.region = region.id
    LEFT JOIN previous_holder ON previous_holder.region = region.id
    LEFT JOIN arrival ON arrival.region = region.id
    LEFT JOIN handover ON handover.region = region.id
    LEFT JOIN due_days AS last_due ON last_due.place = 'last' AND last_due.region = region.id
    LEFT JOIN due_days AS first_due ON first_due.place = 'first' AND first_due.region = region.id
    LEFT JOIN pending_region ON pending_region.region = region.id
    LEFT JOIN unclear ON unclear.region = region.id
    LEFT JOIN disputed_region ON disputed_region.region = region.id
    LEFT JOIN within ON within.region = region.id
    LEFT JOIN citations AS stating
        ON stating.part_of_row = 'sources' AND stating.region = region.id
    LEFT JOIN citations AS consistent
        ON consistent.part_of_row = 'consistent_sources' AND consistent.region = region.id
    LEFT JOIN citations AS claiming
        ON claiming.part_of_row = 'claimed_by_sources' AND claiming.region = region.id
    WHERE region.revision = of_revision
    ORDER BY region.place;
END;

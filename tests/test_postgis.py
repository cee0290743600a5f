"""Datasets in PostGIS: what is published is there as it was, whole, and for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
from click.testing import CliRunner
from datasets import META, claim, write_dataset
from postgres import PASSWORD, Server, address, publish_folder

from geomap import sources as datasets
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting, DatabaseError, GeomapError, NotFound, NotPublished
from geomap.sources.postgis.address import parse_address


def select(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()


def test_the_built_in_dataset_opens_byte_for_byte_and_its_tables_say_the_same(
    database: str, builtin: Dataset, runner: CliRunner
) -> None:
    folder = str(datasets.builtin_path())
    arguments = ["publish", folder, database, "--author", "Désk", "-m", "First"]
    result = runner.invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "handover-2020 is published as revision 1 (" in result.output
    assert datasets.find(f"{database}?dataset=handover-2020").read() == datasets.find().read()
    assert datasets.open(database).version == builtin.version

    rows = select(database, "SELECT dataset, number, author, version FROM geomap.current")
    assert rows == [("handover-2020", 1, "Désk", builtin.version)]
    regions = select(
        database,
        "SELECT id, names ->> 'az', properties, ST_AsBinary(geom) FROM geomap.region ORDER BY place",
    )
    assert [row[:3] for row in regions] == [
        (row.id, row.names["az"], row.further) for row in builtin.regions.itertuples()
    ]
    for row, geometry in zip(regions, builtin.regions.geometry, strict=True):
        assert shapely.from_wkb(row[3]).normalize() == shapely.MultiPolygon([geometry]).normalize()
    claims = select(
        database,
        "SELECT event, date, date_start, date_end, date_start_qualifier, since_end, citation, part "
        'FROM geomap.claim ORDER BY "row"',
    )
    assert claims == [
        (
            *(one.event, one.date and str(one.date), one.date and one.date.start),
            *(one.date and one.date.end, one.date.start_qualifier if one.date else ""),
            *(one.since and one.since.end, one.citation, one.part),
        )
        for one in builtin.ledger.claims
    ]
    counts = "SELECT (SELECT count(*) FROM geomap.{}) ".format
    for table, rows in {
        "actor": builtin.ledger.actors,
        "source": builtin.ledger.sources,
        "report": builtin.ledger.reports,
        "context": builtin.context,
    }.items():
        assert select(database, counts(table)) == [(len(rows),)]


def test_a_revision_is_added_and_older_ones_stay(
    database: str, make_dataset: Callable[..., Path], runner: CliRunner
) -> None:
    folder = make_dataset([claim("e", "control", "north", "2021-03-02", "s05")])
    first = publish_folder(folder, database)
    assert publish_folder(folder, database).is_new is False
    write_dataset(folder, [claim("e", "control", "south", "2021-03-02", "s05")])
    second = publish_folder(folder, database, base=1)
    assert (first.number, second.number) == (1, 2)
    holders = [
        datasets.open(f"{database}?dataset=test{revision}").ledger.claims[0].actor
        for revision in ("", "&revision=1", "&revision=2")
    ]
    assert holders == ["south", "north", "south"]
    # Whoever edited revision 1 hears of the second, and who made it.
    write_dataset(folder, [claim("e", "control", "east", "2021-03-02", "s05")])
    with pytest.raises(BadSetting, match=r"base: the last one is revision 2 .*A\. Desk: A change"):
        publish_folder(folder, database, base=1)
    with pytest.raises(NotFound, match="there is no revision 7 of test"):
        datasets.open(f"{database}?revision=7")
    with psycopg.connect(database) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("UPDATE geomap.claim SET actor = 'east'")
    for command in (["check"], ["status", "--date", "2021-03-03"]):
        result = runner.invoke(main, [command[0], f"{database}?dataset=test", *command[1:]])
        assert result.exit_code == 0, result.output
        assert PASSWORD not in result.output
        assert "127.0.0.1" not in result.output


def test_what_is_not_sound_or_fails_midway_leaves_nothing(
    database: str, make_dataset: Callable[..., Path], runner: CliRunner
) -> None:
    folder = make_dataset([claim("e", "control", "north", "2021-03-02", "s05")])
    publish_folder(folder, database)
    (folder / "actors.csv").write_text("id,name\nnorth,the North\n")
    arguments = ["publish", str(folder), database, "--author", "me", "-m", "Broken"]
    result = runner.invoke(main, arguments)
    assert result.exit_code == 1
    assert "column colour" in result.output
    write_dataset(folder, [claim("e", "control", "south", "2021-03-02", "s05")])
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER TABLE geomap.claim ADD CHECK (actor <> 'south')")
    with pytest.raises(NotPublished, match=r"the database refuses it: .*claim_actor_check"):
        publish_folder(folder, database)
    assert select(database, "SELECT count(*) FROM geomap.revision") == [(1,)]
    assert select(database, "SELECT count(DISTINCT revision) FROM geomap.file") == [(1,)]


def test_two_who_publish_at_once_get_two_revisions(
    database: str, make_dataset: Callable[..., Path]
) -> None:
    folders = [make_dataset(meta={"title": f"Version {n}"}) for n in range(4)]
    numbers = []
    threads = [
        threading.Thread(target=lambda f=f: numbers.append(publish_folder(f, database).number))
        for f in folders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4]


def test_a_database_of_several_datasets_asks_which(
    database: str, make_dataset: Callable[..., Path]
) -> None:
    with pytest.raises(NotFound, match="this database holds no dataset; put one there"):
        datasets.open(database)
    for id in ("first", "second"):
        publish_folder(make_dataset(meta={"id": id}), database)
    with pytest.raises(NotFound, match=r"holds first, second; add \?dataset=ID"):
        datasets.open(database)
    with pytest.raises(DatabaseError, match=r"third is .* not in this database .*first, second"):
        datasets.open(f"{database}?dataset=third")
    assert [source.name for source in datasets.find_all(database)] == ["first", "second"]
    with pytest.raises(BadSetting, match=r"is second, but dataset\.yaml says first"):
        publish_folder(make_dataset(meta={"id": "first"}), f"{database}?dataset=second")


def test_rights_that_are_missing_are_named(
    postgres_server: Server, database: str, make_dataset: Callable[..., Path]
) -> None:
    name = database.rpartition("/")[2]
    reader = postgres_server.address(name, "reader")
    folder = make_dataset()
    postgres_server.run(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    try:
        with pytest.raises(
            GeomapError, match=r"nothing was published: .* GRANT CREATE ON DATABASE"
        ):
            publish_folder(folder, reader)
        publish_folder(folder, database)
        with pytest.raises(DatabaseError, match="GRANT USAGE ON SCHEMA geomap"):
            datasets.open(reader)
        grants = "GRANT USAGE ON SCHEMA geomap TO reader;"
        postgres_server.run(f"{grants} GRANT SELECT ON ALL TABLES IN SCHEMA geomap TO reader", name)
        source = datasets.find(reader)
        assert datasets.read(source).id == "test"
        assert source.stamp() == 1
        source.close()
        write_dataset(folder, meta={**META, "title": "By a reader"})
        with pytest.raises(NotPublished, match=r"may not add to its tables; .* GRANT … TO …"):
            publish_folder(folder, reader)
        postgres_server.run("GRANT postgres TO reader")
        assert publish_folder(folder, reader).number == 2
    finally:
        postgres_server.run("DROP OWNED BY reader", name)
        postgres_server.run("DROP ROLE reader")


def test_no_error_holds_the_password(postgres_server: Server, database: str) -> None:
    wrong = database.replace(":", ":not-", 2).replace("not-//", "//")
    addresses = [
        address(1, "nowhere"),  # nobody listens
        wrong,
        database + "?sslmode=verify-full&sslrootcert=/nowhere",
        database.replace("%40", "@"),  # as people write it
        database.replace("%3A", ":").replace("%2F", "/"),
        database + "?dataset=UPPER",
        database + "?revision=last",
        database + "?nonsense=1",
        database.replace("postgresql", "postgis"),
    ]
    for one in addresses:
        with pytest.raises(GeomapError) as caught:
            datasets.open(one)
        shown = f"{caught.value} {caught.value.public} {caught.value!r} {parsed(one)}"
        for part in (PASSWORD, "p%40ss", "w/rd", "p@ss", "%1"):
            assert part not in shown, one
        assert "127.0.0.1" not in caught.value.public


def parsed(text: str) -> str:
    try:
        return repr(parse_address(text))
    except GeomapError as error:
        return repr(error)


def test_an_address_may_have_several_hosts_and_whatever_libpq_takes() -> None:
    given = "postgresql://u@one:5432,two:5433/maps?dataset=a-b&target_session_attrs=any&revision=3"
    address = parse_address(given)
    assert (address.dataset, address.revision) == ("a-b", 3)
    values = psycopg.conninfo.conninfo_to_dict(address.conninfo)
    assert (values["host"], values["port"]) == ("one,two", "5432,5433")
    assert values["target_session_attrs"] == "any"

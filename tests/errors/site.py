"""Errors of installations: folders that hold none, or an older or newer one."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.accounts import refuse_unfit_account
from kravbro.bootstrap.demo.people import business
from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.site import make_site, open_site
from kravbro.bridge.joined import PAGE
from kravbro.cli.options import acting
from kravbro.db.engines import writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.migrations.upgrade import upgrade
from tests.errors.gallery import command, provokes
from tests.stories.sites import copy_of, finished, site_in


@provokes("site.not_made")
def a_folder_without_an_installation(_: Path) -> None:
    command("reconcile", "--dir", "kravbro-demo")


@provokes("site.not_upgraded")
def an_installation_of_an_older_release(_: Path) -> None:
    place = FolderPlace(Path("kravbro-demo"))
    make_site(place, ())
    place.file("bridge").unlink()
    with writing(place.open("bridge")) as connection:
        connection.exec_driver_sql("CREATE TABLE older (id INTEGER)")
    open_site(place, acting(DEMO_DATE))


@provokes("db.newer_than_program")
def a_database_of_a_newer_release(_: Path) -> None:
    folder = Path("kravbro-demo")
    folder.mkdir()
    engine = place_at(folder).open("bridge")
    upgrade(engine, "bridge")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'bridge_9999'")
    upgrade(engine, "bridge")


@provokes("demo.no_number")
def more_companies_than_the_synthetic_series_has_numbers_for(_: Path) -> None:
    business(1_000_000)


@provokes("demo.other_site")
def a_folder_with_an_installation_that_the_demo_did_not_make(_: Path) -> None:
    set_up(Demo(FolderPlace(Path("kravbro-demo")), FixedClock(DEMO_DATE), SMALL, PAGE))
    command("demo", "--once")


@provokes("site.no_such_company")
def a_company_that_the_ledger_does_not_list(_: Path) -> None:
    set_up(Demo(FolderPlace(Path("kravbro-demo")), FixedClock(DEMO_DATE), SMALL, PAGE))
    command("vouchers", "list", "9", "--dir", "kravbro-demo")


@provokes("site.unknown_account")
def an_account_that_the_books_do_not_have(folder: Path) -> None:
    refuse_unfit_account(site_in(copy_of(finished("sqlite"), folder / "site")), 1, "9999")


@provokes("site.receivable_account")
def an_account_that_customers_debts_stand_on(folder: Path) -> None:
    refuse_unfit_account(site_in(copy_of(finished("sqlite"), folder / "site")), 1, "1500")


@provokes("site.database_missing")
def a_database_that_is_gone(_: Path) -> None:
    place = FolderPlace(Path("kravbro-demo"))
    make_site(place, ())
    place.file("office").unlink()
    command("reconcile", "--dir", "kravbro-demo")

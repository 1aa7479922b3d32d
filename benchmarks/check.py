"""`orc check` of 1,000 definitions against `dbt parse` of 1,000 models, in one interleaved run.

Three cases each: cold (nothing cached), unchanged, one file changed. dbt-core 1.10 with dbt-duckdb is taken from
``ORC_BENCH_DBT`` (the path of its ``dbt``), else installed into a folder of its own. Whole processes are timed;
the median of the rounds counts. Run with ``python benchmarks/check.py [--definitions 1000] [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

SCHEMA = """entities:
  customer:
    table: customers
    key: id
    zone: timezone
    addresses: {email: email}
    attributes:
      email: {type: text, nullable: true, tags: [personal]}
      country: {type: text, nullable: false, values: [DE, AT, CH, FR, US]}
      age: {type: int, nullable: true}
      created_at: {type: timestamp, nullable: false}
      plan: {type: text, nullable: false}
events:
  purchase:
    table: orders
    key: customer_id
    at: ordered_at
    id: id
    properties: {amount: {type: money, currency: EUR}, category: {type: text}}
  visit:
    table: visits
    key: customer_id
    at: visited_at
    id: id
    properties: {page: {type: text}}
"""

PROJECT = """edition: 1
name: bench
zone: Europe/Berlin
currency: EUR
teams: {crm: [ann]}
"""


def segment(n: int) -> str:
    """Write the n-th segment: eleven lines, every tenth refers to an earlier one."""
    earlier = f"  and not in segment s{n - 7:04}\n" if n % 10 == 9 else '  and plan is not "free"\n'
    return (
        f"segment s{n:04}\n"
        f'  "Segment number {n}"\n'
        "  owner crm\n"
        "  tags bench\n"
        f'where country is one of ("DE", "AT", "CH")\n'
        f"  and age >= {18 + n % 50}\n"
        f'  and did purchase where (category is "c{n % 30}") at least {1 + n % 4} times in last {30 + n % 60} days\n'
        f"  and sum of purchase.amount in last {90 + n % 90} days > {50 + n} EUR\n"
        f'  and did not visit where (page contains "returns{n % 9}") in last 14 days\n'
        f"{earlier}"
        "  and created_at is more than 30 days ago\n"
    )


def our_workspace(root: Path, definitions: int) -> None:
    """Write a workspace with so many segments, one a file."""
    segments = root / "campaigns" / "segments"
    segments.mkdir(parents=True)
    (root / "templates").mkdir()
    (root / "campaigns" / "project.yml").write_text(PROJECT)
    (root / "campaigns" / "schema.yml").write_text(SCHEMA)
    for n in range(definitions):
        (segments / f"s{n:04}.seg").write_text(segment(n))


def dbt_project(root: Path, models: int) -> None:
    """Write a dbt project with so many small models, every tenth refers to an earlier one."""
    (root / "models").mkdir(parents=True)
    (root / "dbt_project.yml").write_text("name: bench\nversion: 1.0.0\nprofile: bench\nmodel-paths: [models]\n")
    (root / "profiles.yml").write_text("bench: {target: d, outputs: {d: {type: duckdb, path: ':memory:'}}}\n")
    for n in range(models):
        source = f"{{{{ ref('m{n - 7:04}') }}}}" if n % 10 == 9 else "customers"
        lines = [
            "select c.id",
            f"from {source} as c",
            "where c.country in ('DE', 'AT', 'CH')",
            f"  and c.age >= {18 + n % 50}",
            "  and c.id in (select o.customer_id from orders o",
            f"    where o.category = 'c{n % 30}' and o.ordered_at >= '2026-08-01'",
            f"    group by o.customer_id having count(*) >= {1 + n % 4})",
            "  and (select sum(o.amount) from orders o where o.customer_id = c.id)",
            f"    > {50 + n}",
            f"  and not exists (select 1 from visits v where v.customer_id = c.id and v.page like '%returns{n % 9}%')",
            "  and c.created_at < '2026-10-01'",
        ]
        (root / "models" / f"m{n:04}.sql").write_text("\n".join(lines) + "\n")


def timed(command: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Give the seconds one process took; raises when it failed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return time.perf_counter() - started


def find_dbt() -> str:
    """Give the path of dbt 1.10, installed on first use."""
    if given := os.environ.get("ORC_BENCH_DBT"):
        return given
    home = Path(tempfile.gettempdir()) / "orc-bench-dbt"
    if not (home / "bin" / "dbt").exists():
        venv.create(home, with_pip=True)
        packages = ["dbt-core==1.10.*", "dbt-duckdb<1.11"]
        subprocess.run([home / "bin" / "pip", "install", "-q", *packages], check=True)
    return str(home / "bin" / "dbt")


def main() -> None:
    """Print one JSON line for each case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--definitions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    dbt = find_dbt()
    orc = str(Path(sys.executable).with_name("orc"))
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, cache = Path(folder) / "ours", Path(folder) / "theirs", Path(folder) / "cache"
        our_workspace(ours, args.definitions)
        dbt_project(theirs, args.definitions)
        plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        our_env = {**plain, "ORC_CACHE_DIR": str(cache)}
        dbt_env = {**plain, "DBT_PROFILES_DIR": str(theirs), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        check, parse = [orc, "check"], [dbt, "parse", "--quiet"]
        timed(check, ours, our_env)  # compiles bytecode once, for both sides alike
        timed(parse, theirs, dbt_env)
        found: dict[str, list[tuple[float, float]]] = {"cold": [], "unchanged": [], "one changed": []}
        for n in range(args.rounds):
            shutil.rmtree(cache, ignore_errors=True)
            shutil.rmtree(theirs / "target", ignore_errors=True)
            found["cold"].append((timed(check, ours, our_env), timed(parse, theirs, dbt_env)))
            found["unchanged"].append((timed(check, ours, our_env), timed(parse, theirs, dbt_env)))
            (ours / "campaigns" / "segments" / "s0003.seg").write_text(segment(3).replace("14 days", f"{20 + n} days"))
            model = theirs / "models" / "m0003.sql"
            model.write_text(model.read_text().replace("select c.id", f"select c.id /* {n} */", 1))
            found["one changed"].append((timed(check, ours, our_env), timed(parse, theirs, dbt_env)))
    for case, pairs in found.items():
        mine, their = (statistics.median(column) for column in zip(*pairs, strict=True))
        line = {
            "benchmark": "check",
            "case": case,
            "definitions": args.definitions,
            "rounds": args.rounds,
            "orc_seconds": round(mine, 3),
            "dbt_seconds": round(their, 3),
            "ratio": round(mine / their, 4),
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main()

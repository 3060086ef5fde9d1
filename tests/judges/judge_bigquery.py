"""Judges BigQuery's SQL with Google's own analyser, ZetaSQL: a WebAssembly module in PyPI's `zetasql`.

Every statement is analysed (names, types, aggregation, the shape of DML and DDL) and none is executed. The
module is driven through its exports: the package's own Python layer copies byte by byte and compiles the
module at every start.
"""

import ctypes
import importlib.metadata
import importlib.util
import os
import platform
import sys
import tempfile
import tomllib
import types
from pathlib import Path

import contract


def without_its_init(package: str) -> Path:
    """Makes a package's parts importable without its __init__, which imports wrappers not used here."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        sys.exit(contract.fail(3, f"the Python package {package} is missing; run `scripts/setup --tests`"))
    module = types.ModuleType(package)
    module.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = module
    return Path(module.__path__[0])


ZETASQL = without_its_init("zetasql")

import wasmtime  # noqa: E402  (after the check above, which gives the better message)
from google.protobuf.internal import api_implementation  # noqa: E402
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2  # noqa: E402

# The tree of a sum of a hundred terms is a hundred deep, more than is taken from strangers.
api_implementation._c_module.SetAllowOversizeProtos(True)

PROFILE = tomllib.loads(Path(__file__).with_name("bigquery.toml").read_text(encoding="utf-8"))

STACK = 2 << 20
"""Bytes of stack, the most that wasmtime gives: enough for hundreds of levels of nesting, not a thousand."""

TYPE_KINDS = {"FLOAT64": "TYPE_DOUBLE"}
"""The analyser's name of a neutral type, where it is not TYPE_ and the neutral name."""


class Rejected(Exception):
    """The analyser found something wrong with a statement, and says what."""


class Analyser:
    """One instance of the module. After a trap it is of no further use: make another."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module):
        wasi = wasmtime.WasiConfig()
        wasi.inherit_stderr()
        if zones := importlib.util.find_spec("tzdata"):
            wasi.preopen_dir(str(Path(zones.origin).parent / "zoneinfo"), "/usr/share/zoneinfo")
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasi)
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        if initialize := self.exports.get("_initialize"):
            initialize(self.store)

    def call(self, method: str, request) -> bytes:
        """Calls one method of the module: a message goes in, and another, not yet parsed, comes out."""
        data = request.SerializeToString()
        length = self._export("wasm_malloc", 4)
        pointer = self._export("wasm_malloc", max(len(data), 1))
        ctypes.memmove(self._address(pointer), data, len(data))
        answer = self._export(f"ZetaSqlLocalService_{method}", pointer, len(data), length)
        self._export("wasm_free", pointer)
        if answer == 0:
            size = self._export("wasm_get_last_error_size")
            error = self._read(self._export("wasm_get_last_error"), size).decode("utf-8", "replace")
            raise Rejected(error.removeprefix("Code: 3, Message: "))  # 3 is "invalid argument": our SQL
        response = self._read(answer, int.from_bytes(self._read(length, 4), "little"))
        self._export("wasm_free", answer)
        self._export("wasm_free", length)
        return response

    def _export(self, name: str, *arguments: int) -> int:
        return self.exports[name](self.store, *arguments)

    def _address(self, pointer: int) -> int:
        base = ctypes.cast(self.exports["memory"].data_ptr(), ctypes.c_void_p).value
        return base + (pointer & 0xFFFFFFFF)

    def _read(self, pointer: int, size: int) -> bytes:
        return ctypes.string_at(self._address(pointer), size)


def load_module() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """The module, compiled: from the cache, or compiled now (some 10 to 40 seconds) and put there."""
    config = wasmtime.Config()
    config.shared_memory = True
    config.max_wasm_stack = STACK
    engine = wasmtime.Engine(config)
    versions = [importlib.metadata.version(package) for package in ("zetasql", "wasmtime")]
    cached = contract.cache_folder() / f"zetasql-{'-'.join(versions)}-{platform.machine()}.cwasm"
    if cached.exists():
        try:
            return engine, wasmtime.Module.deserialize_file(engine, str(cached))
        except wasmtime.WasmtimeError:
            pass  # Made by another processor's compiler, or cut short: make it again.
    module = wasmtime.Module.from_file(engine, str(ZETASQL / "wasi" / "zetasql.wasm"))
    # Written under a name of its own first: several judges may start at once.
    with tempfile.NamedTemporaryFile(dir=cached.parent, delete=False) as file:
        file.write(module.serialize())
    os.replace(file.name, cached)
    return engine, module


def set_language(options):
    """Writes the profile into language options."""
    fields = options.DESCRIPTOR.fields_by_name

    def number(field: str, name: str) -> int:
        return fields[field].enum_type.values_by_name[name].number

    options.product_mode = number("product_mode", "PRODUCT_EXTERNAL")
    options.name_resolution_mode = number("name_resolution_mode", "NAME_RESOLUTION_DEFAULT")
    options.reserved_keywords.extend(PROFILE["reserved"])
    for name in PROFILE["features"]:
        options.enabled_language_features.append(number("enabled_language_features", f"FEATURE_{name}"))
    for name in PROFILE["statements"]:
        options.supported_statement_kinds.append(number("supported_statement_kinds", f"RESOLVED_{name}_STMT"))


def set_type(target, scalar: str, array: bool = False):
    """Writes a neutral type into the analyser's."""
    kinds = target.DESCRIPTOR.fields_by_name["type_kind"].enum_type.values_by_name
    if array:
        target.type_kind = kinds["TYPE_ARRAY"].number
        target = target.array_type.element_type
    target.type_kind = kinds[TYPE_KINDS.get(scalar, f"TYPE_{scalar}")].number


class Catalog:
    """The tables, types and functions that a statement may name."""

    def __init__(self, tables: list[contract.Table]):
        self.request = local_service_pb2.RegisterCatalogRequest()
        self.root = self.request.simple_catalog
        self.root.name = "bigquery"
        set_language(self.root.builtin_function_options.language_options)
        for alias, scalar in PROFILE["aliases"].items():
            named = self.root.named_type.add(name=alias)
            set_type(named.type, scalar)
        for name, width in PROFILE["aggregates"].items():
            self._add_aggregate(name, width)
        for table in tables:
            self.add(table.name, [(column.name, column) for column in table.columns])

    def add(self, name: tuple[str, ...], columns: list):
        """Adds a table. A column's type is a contract.Column, or a type as the analyser gave it."""
        self._remove(self.root, ".".join(name), "")
        self._add(self.root, name, ".".join(name), columns)

    def _remove(self, catalog, full_name: str, path: str):
        for index in reversed(range(len(catalog.table))):
            if path + catalog.table[index].name == full_name:
                del catalog.table[index]
        for child in catalog.catalog:
            self._remove(child, full_name, f"{path}{child.name}.")

    def _add(self, catalog, name: tuple[str, ...], full_name: str, columns: list):
        # A name may be written a.b.c, `a.b.c`, `a.b`.c or a.`b.c`: whatever stands in backticks is one name
        # to the analyser, so that the table is put under each of these.
        table = catalog.table.add(name=".".join(name), full_name=full_name)
        for column_name, kind in columns:
            column = table.column.add(name=column_name)
            if isinstance(kind, contract.Column):
                set_type(column.type, kind.scalar, kind.array)
            else:
                column.type.CopyFrom(kind)
        for cut in range(1, len(name)):
            folder = ".".join(name[:cut])
            child = next((child for child in catalog.catalog if child.name == folder), None)
            self._add(child or catalog.catalog.add(name=folder), name[cut:], full_name, columns)

    def _add_aggregate(self, name: str, width: int):
        function = self.root.custom_function.add(name_path=[name], group="BigQuery")
        function.mode = (
            function.DESCRIPTOR.fields_by_name["mode"].enum_type.values_by_name["AGGREGATE"].number
        )
        signature = function.signature.add()
        kinds = signature.return_type.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_name
        signature.return_type.kind = kinds["ARG_TYPE_ANY_1"].number
        signature.return_type.num_occurrences = 1
        for position in range(1, width + 1):
            signature.argument.add(kind=kinds[f"ARG_TYPE_ANY_{position}"].number, num_occurrences=1)


def output_of(resolved) -> tuple[tuple[str, ...], list] | None:
    """The name and columns of the table or view that an analysed statement makes, if it makes one."""

    def found(message, field: str):
        """The nearest `field` in a message or what it extends or is one kind of."""
        if field in message.DESCRIPTOR.fields_by_name:
            return getattr(message, field)
        inner = [
            value for kind, value in message.ListFields() if kind.message_type and is_kind_or_base(kind.name)
        ]
        return next((hit for hit in (found(value, field) for value in inner) if hit is not None), None)

    def is_kind_or_base(field: str) -> bool:
        return field == "parent" or field.endswith("_node")

    name = found(resolved, "name_path")
    definitions = found(resolved, "column_definition_list")
    outputs = found(resolved, "output_column_list")
    if not resolved.HasField("resolved_create_statement_node") or not (definitions or outputs):
        return None
    columns = [(column.name, column.type) for column in definitions or []]
    return tuple(name), columns or [(output.name, output.column.type) for output in outputs]


class Judge:
    """The analyser with the job's catalog registered."""

    def __init__(self, job: contract.Job):
        self.engine, self.module = load_module()
        self.catalog = Catalog(job.tables)
        self.restart()

    def restart(self):
        """Starts over with a fresh instance, which alone helps after a trap."""
        self.analyser = Analyser(self.engine, self.module)
        self.register()

    def register(self):
        """Tells the analyser of the catalog as it now stands."""
        response = self.analyser.call("RegisterCatalog", self.catalog.request)
        registered = local_service_pb2.RegisterResponse.FromString(response).registered_id
        self.request = local_service_pb2.AnalyzeRequest(registered_catalog_id=registered)
        options = self.request.options
        options.default_timezone = "UTC"
        modes = options.DESCRIPTOR.fields_by_name["error_message_mode"].enum_type.values_by_name
        options.error_message_mode = modes["ERROR_MESSAGE_ONE_LINE"].number
        set_language(options.language_options)

    def judge(self, statement: contract.Statement) -> dict:
        """The verdict on one statement."""
        self.request.sql_statement = statement.sql
        try:
            response = self.analyser.call("Analyze", self.request)
        except Rejected as error:
            return contract.rejected(statement, error)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            self.restart()
            cause = str(error).rpartition("Caused by:")[
                2
            ]  # What stands before is a list of nameless functions.
            return contract.rejected(statement, f"the analyser broke down: {cause}")
        if statement.keep:
            analysed = local_service_pb2.AnalyzeResponse.FromString(response)
            if made := output_of(analysed.resolved_statement):
                self.catalog.add(*made)
                self.register()
        return contract.accepted(statement)


def judge(job: contract.Job, stopwatch: contract.Stopwatch) -> list[dict]:
    """The verdicts on a job's statements."""
    if job.execute:
        raise contract.JobError("bigquery analyses and does not execute")
    judge = Judge(job)
    stopwatch.engine_is_up()
    return [judge.judge(statement) for statement in job.statements]


if __name__ == "__main__":
    contract.run(judge)

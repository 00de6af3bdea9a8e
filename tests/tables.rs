//! Tables hold what the JSON report holds: a Parquet file read back is the report.
#![cfg(feature = "parquet")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/runs.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod runs;

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field};
use arrow::ipc::reader::StreamReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};
use tempfile::TempDir;

use runs::{PASSWORDS, SAMPLES, run};

fn scan(folder: &Path, more: &[&str]) -> (i32, Vec<u8>, String) {
    let names = PASSWORDS.map(|(name, _)| format!("--password-env={name}"));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    run(
        folder,
        &[&["scan", SAMPLES][..], &names, more].concat(),
        None,
    )
}

/// The rows of batches as JSON.
fn rows(batches: &[RecordBatch]) -> Vec<Map<String, Value>> {
    let mut text = Vec::new();
    let mut writer = arrow::json::LineDelimitedWriter::new(&mut text);
    writer
        .write_batches(&batches.iter().collect::<Vec<_>>())
        .unwrap();
    writer.finish().unwrap();
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn parquet(folder: &Path, table: &str) -> Vec<RecordBatch> {
    let file = File::open(folder.join(format!("{table}.parquet"))).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// Without what is not there: nulls, and the times that a table has twice.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, value)| {
                // Times are compared as nanoseconds.
                let time = ["time", "first", "last"].contains(&name.as_str());
                !time
                    && !value.is_null()
                    && !matches!(value, Value::Array(items) if items.is_empty())
            });
            fields
                .map(|(name, value)| (name.clone(), bare(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// The report's times as nanoseconds beside them.
fn with_nanos(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut all: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), with_nanos(value)))
                .collect();
            if let Some(Value::String(time)) = fields.get("time") {
                let time: jiff::Timestamp = time.parse().unwrap();
                all.insert(
                    "time_ns".into(),
                    i64::try_from(time.as_nanosecond()).unwrap().into(),
                );
            }
            all.into()
        }
        Value::Array(items) => items.iter().map(with_nanos).collect(),
        other => other.clone(),
    }
}

#[test]
fn each_table_is_that_part_of_the_report() {
    let folder = TempDir::new().unwrap();
    let (_, _, said) = scan(
        folder.path(),
        &[
            "-f",
            "parquet",
            "-o",
            "tables",
            "-o",
            "report.json",
            "--reveal",
        ],
    );
    assert_eq!(said, "");
    let report: Value =
        serde_json::from_reader(File::open(folder.path().join("report.json")).unwrap()).unwrap();
    let tables = folder.path().join("tables");
    let captures = report["captures"].as_array().unwrap();
    let mut logins = Vec::new();
    for capture in captures {
        for login in capture["logins"].as_array().unwrap() {
            let mut login = login.clone();
            login["capture"] = capture["path"].clone();
            logins.push(login);
        }
    }
    assert!(logins.len() > 100);
    let bare_captures = captures.iter().map(|capture| {
        let mut capture = capture.clone();
        capture.as_object_mut().unwrap().remove("logins");
        capture
    });
    let findings = report["findings"].as_array().unwrap().clone();
    for (table, expected) in [
        ("logins", logins),
        ("captures", bare_captures.collect()),
        ("findings", findings),
    ] {
        let got = rows(&parquet(&tables, table));
        assert_eq!(got.len(), expected.len(), "{table}");
        let text = format!("{got:?}");
        for (_, password) in PASSWORDS {
            assert!(!text.contains(password), "a password in {table}");
        }
        for (got, expected) in got.into_iter().zip(expected) {
            let mut expected = bare(&with_nanos(&expected));
            // A map without entries is one; a column of them has it.
            let mut got = bare(&Value::Object(got));
            for value in [&mut got, &mut expected] {
                let fields = value.as_object_mut().unwrap();
                fields.retain(|name, value| {
                    name != "attributes" || !value.as_object().unwrap().is_empty()
                });
            }
            assert_eq!(got, expected, "{table}");
        }
    }
}

#[test]
fn tallies_add_up_to_the_summary() {
    let folder = TempDir::new().unwrap();
    let (_, out, _) = scan(
        folder.path(),
        &["-f", "arrow", "--table", "tallies", "-o", "report.json"],
    );
    let report: Value =
        serde_json::from_reader(File::open(folder.path().join("report.json")).unwrap()).unwrap();
    let reader = StreamReader::try_new(out.as_slice(), None).unwrap();
    let tallies = rows(&reader.map(Result::unwrap).collect::<Vec<_>>());
    let sum = |of: &dyn Fn(&Map<String, Value>) -> bool| -> u64 {
        let chosen = tallies.iter().filter(|row| of(row));
        chosen.map(|row| row["logins"].as_u64().unwrap()).sum()
    };
    assert_eq!(
        sum(&|_| true),
        report["summary"]["logins"].as_u64().unwrap()
    );
    let captures = report["captures"].as_array().unwrap().iter();
    let logins: Vec<&Value> = captures
        .flat_map(|capture| capture["logins"].as_array().unwrap())
        .collect();
    for form in ["with_nul", "without_nul"] {
        let listed = logins
            .iter()
            .filter(|login| login["verdict"]["salt_form"] == form)
            .count();
        assert!(listed > 0);
        assert_eq!(
            sum(&|row| row.get("salt_form") == Some(&form.into())),
            listed as u64,
            "{form}"
        );
    }
    for row in &tallies {
        let example = &row["example"];
        let here = |login: &&&Value| {
            login["stream"] == example["stream"] && login["attempt"] == example["attempt"]
        };
        assert!(
            logins
                .iter()
                .any(|login| here(&login) && login["outcome"]["kind"] == row["outcome"])
        );
    }
}

fn check(field: &Field) {
    match field.data_type() {
        DataType::Struct(fields) => fields.iter().for_each(|field| check(field)),
        DataType::List(item) | DataType::Map(item, _) => check(item),
        DataType::Dictionary(key, value) => {
            assert_eq!((&**key, &**value), (&DataType::Int32, &DataType::Utf8));
        }
        kind => assert!(!kind.is_unsigned_integer(), "{field:?}"),
    }
}

#[test]
fn columns_are_such_as_every_engine_reads() {
    let folder = TempDir::new().unwrap();
    scan(folder.path(), &["-o", "t.parquet"]);
    for table in ["logins", "captures", "findings", "tallies"] {
        let batches = parquet(&folder.path().join("t.parquet"), table);
        batches[0]
            .schema()
            .fields()
            .iter()
            .for_each(|field| check(field));
    }
    // Nothing but these is there.
    assert_eq!(
        std::fs::read_dir(folder.path().join("t.parquet"))
            .unwrap()
            .count(),
        4
    );
    let (code, _, said) = scan(folder.path(), &["-f", "parquet"]);
    assert!(code == 2 && said.contains("give a folder"), "{said}");
}

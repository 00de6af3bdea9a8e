//! Rows into files and streams.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::writer::StreamWriter;
use arrow::json::ReaderBuilder;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::{Error, Table, Tallies, row, schema};
use crate::draft::draft_in;
use crate::report::model::Report;
use crate::report::told::Told;

/// Rows that become columns at once.
const ROWS: usize = 4096;

/// Writes the tables of a report into a folder, one Parquet file each: whole or not at all.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write_parquet(report: &Report, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    for table in Table::ALL {
        let draft = draft_in(folder)?;
        parquet(table, report, draft.as_file())?;
        draft.as_file().sync_all()?;
        draft.persist(folder.join(format!("{}.parquet", table.name())))?;
    }
    Ok(())
}

fn parquet(table: Table, report: &Report, file: &File) -> Result<(), Error> {
    let mut batches = Batches::new(table.schema());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(format!("unscramble {}", env!("CARGO_PKG_VERSION")))
        .build();
    let shape = Arc::clone(&batches.shape);
    let mut writer = ArrowWriter::try_new(file, shape, Some(properties))?;
    batches.all(table.rows(report), |batch| Ok(writer.write(batch)?))?;
    writer.close()?;
    Ok(())
}

/// Writes a table as an Arrow IPC stream.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_arrow(table: Table, report: &Report, out: impl Write) -> Result<(), Error> {
    let mut batches = Batches::new(table.schema());
    let mut writer = StreamWriter::try_new(out, &batches.shape)?;
    batches.all(table.rows(report), |batch| Ok(writer.write(batch)?))?;
    writer.finish()?;
    Ok(())
}

/// Makes columns of rows.
struct Batches {
    rows: SchemaRef,
    /// The same with dictionaries.
    shape: SchemaRef,
}

impl Batches {
    fn new(rows: Schema) -> Self {
        Self {
            shape: Arc::new(schema::with_dictionaries(&rows)),
            rows: Arc::new(rows),
        }
    }

    fn all(
        &mut self,
        rows: impl Iterator<Item = Value>,
        mut write: impl FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut decoder = ReaderBuilder::new(Arc::clone(&self.rows))
            .with_batch_size(ROWS)
            .build_decoder()?;
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let some: Vec<Value> = rows.by_ref().take(ROWS).collect();
            decoder.serialize(&some)?;
            let Some(batch) = decoder.flush()? else { break };
            let columns = batch.columns().iter().zip(self.shape.fields());
            let columns = columns.map(|(column, field)| cast(column, field.data_type()));
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            write(&RecordBatch::try_new(Arc::clone(&self.shape), columns)?)?;
        }
        Ok(())
    }
}

/// Writes the lines of a task's result as an Arrow IPC stream: a row a line, with its number, and behind them
/// the tallies of its logins. Everything that an engine must keep of a task is in these rows.
pub struct Lines {
    task: String,
    rows: Vec<Value>,
    tallies: Tallies,
    /// The capture whose logins come.
    capture: String,
}

impl Lines {
    /// The lines of the task with this id.
    #[must_use]
    pub fn new(task: &str) -> Self {
        Self {
            task: task.to_owned(),
            rows: Vec::new(),
            tallies: Tallies::default(),
            capture: String::new(),
        }
    }

    /// The shape of the rows.
    #[must_use]
    pub fn schema() -> Schema {
        let tally = Table::Tallies.schema();
        Schema::new(vec![
            Field::new("task", DataType::Utf8, true),
            Field::new("n", DataType::Int64, true),
            Field::new("kind", DataType::Utf8, true),
            Field::new("line", DataType::Utf8, true),
            Field::new("tally", DataType::Struct(tally.fields().clone()), true),
        ])
    }

    /// A line of the result.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn line(&mut self, line: &str) -> Result<(), Error> {
        let kind = if self.rows.is_empty() {
            "task"
        } else {
            match serde_json::from_str(line)? {
                Told::Capture(capture) => {
                    self.capture = capture.path;
                    "capture"
                }
                Told::Login(told) => {
                    if !told.left_out {
                        self.tallies.count(&self.capture, &told.login);
                    }
                    "login"
                }
                Told::Finding(_) => "finding",
                Told::End(_) => "end",
            }
        };
        let n = self.rows.len();
        self.rows
            .push(json!({"task": self.task, "n": n, "kind": kind, "line": line}));
        Ok(())
    }

    /// Writes all.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(self, out: impl Write) -> Result<(), Error> {
        let task = self.task;
        let tallies = self.tallies.into_rows().into_iter().enumerate();
        let tallies = tallies
            .map(|(n, tally)| json!({"task": task, "n": n, "kind": "tally", "tally": row(&tally)}));
        let schema = Arc::new(Self::schema());
        let mut batches = Batches {
            rows: Arc::clone(&schema),
            shape: schema,
        };
        let mut writer = StreamWriter::try_new(out, &batches.shape)?;
        let rows = self.rows.into_iter().chain(tallies);
        batches.all(rows, |batch| Ok(writer.write(batch)?))?;
        writer.finish()?;
        Ok(())
    }
}

//! `explain`

use crate::cli::args::Explain;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::report::{codes, explain};

pub(super) fn run(typed: &Explain, console: Console) -> Result<Exit, Trouble> {
    let entries = codes::entries();
    let canvas = console.page();
    let text = match &typed.code {
        None => explain::list(&entries, &canvas),
        Some(code) => {
            let wanted = code.to_ascii_lowercase();
            let entry = entries.iter().find(|entry| entry.code == wanted);
            explain::page(entry.ok_or_else(|| unknown(code, &entries))?, &canvas)
        }
    };
    console.print(text.as_bytes())?;
    Ok(Exit::Success)
}

fn unknown(code: &str, entries: &[codes::Entry]) -> Trouble {
    let closest = entries
        .iter()
        .map(|entry| (strsim::jaro_winkler(code, entry.code), entry.code))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.7);
    Trouble::new(format!("there is no finding {code}")).hint(match closest {
        Some((_, code)) => format!("did you mean {code}? `unscramble explain` lists all"),
        None => "`unscramble explain` lists all".to_owned(),
    })
}

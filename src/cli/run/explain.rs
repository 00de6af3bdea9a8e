//! `explain`

use crate::cli::args::Explain;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::findings::Code;
use crate::report::explain;

pub(super) fn run(typed: &Explain, console: Console) -> Result<Exit, Trouble> {
    let canvas = console.page();
    let text = match &typed.code {
        None => explain::list(&Code::all().collect::<Vec<_>>(), &canvas),
        Some(code) => {
            let known = code.to_ascii_lowercase().parse::<Code>();
            explain::page(known.map_err(|_unknown| unknown(code))?, &canvas)
        }
    };
    console.print(text.as_bytes())?;
    Ok(Exit::Success)
}

pub(super) fn unknown(code: &str) -> Trouble {
    let closest = Code::all()
        .map(Code::as_str)
        .map(|known| (strsim::jaro_winkler(code, known), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.7);
    Trouble::new(format!("there is no finding {code}")).hint(match closest {
        Some((_, code)) => format!("did you mean {code}? `unscramble explain` lists all"),
        None => "`unscramble explain` lists all".to_owned(),
    })
}

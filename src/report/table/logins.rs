//! The logins of one capture as a table, in one of four shapes by width.

use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use crate::report::model::Login;
use crate::report::paint::Canvas;
use crate::report::text::for_cell;
use crate::report::words::{self, Tone};

/// Characters of one captured value in a cell; the whole of it is in the JSON report.
const VALUE: usize = 64;

/// How much fits side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Each value its own column.
    Wide,
    /// Who with whom, and what belongs together, stacked.
    Medium,
    /// Three stacks.
    Compact,
    /// One stack.
    Slim,
}

impl Shape {
    const fn for_width(width: usize) -> Self {
        match width {
            160.. => Self::Wide,
            110.. => Self::Medium,
            76.. => Self::Compact,
            _ => Self::Slim,
        }
    }

    const fn header(self) -> &'static [&'static str] {
        match self {
            Self::Wide => &[
                "stream",
                "time (UTC)",
                "client",
                "server",
                "user",
                "plugin",
                "salt",
                "outcome",
                "verdict",
            ],
            Self::Medium => &[
                "stream",
                "client → server, time",
                "user",
                "plugin, salt",
                "outcome",
                "verdict",
            ],
            Self::Compact => &["#", "who, when", "plugin, salt", "outcome, verdict"],
            Self::Slim => &["#", "login"],
        }
    }
}

/// What a row shows, ready for the terminal.
struct Facts {
    number: String,
    time: String,
    client: String,
    server: String,
    user: String,
    plugins: String,
    salt: String,
    outcome: (String, Tone),
    verdict: (String, Tone),
}

impl Facts {
    fn of(login: &Login) -> Self {
        let (verdict, tone) = words::verdict(&login.verdict, login.plugin.as_deref());
        let client = match &login.proxied_for {
            Some(real) => format!(
                "{} for {}",
                words::endpoint(&login.client),
                words::endpoint(real)
            ),
            None => words::endpoint(&login.client),
        };
        Self {
            number: words::number(login),
            time: words::time(login),
            client,
            server: words::endpoint(&login.server),
            user: user(login),
            plugins: for_cell(&words::plugins(login), VALUE.saturating_mul(2)),
            salt: words::salt(login.salt.as_ref()),
            outcome: words::outcome(login),
            verdict: (for_cell(&verdict, VALUE.saturating_mul(4)), tone),
        }
    }

    fn row(self, shape: Shape, canvas: &Canvas) -> Vec<Cell> {
        let Self {
            number,
            time,
            client,
            server,
            user,
            plugins,
            salt,
            outcome,
            verdict,
        } = self;
        let toned = |(text, tone): (String, Tone)| cell(&text, tone, canvas);
        let plain = |text: String| Cell::new(text);
        let ends = format!("{client}\n→ {server}");
        // Long names stand better one a line.
        let way = plugins.replace(" → ", "\n→ ");
        let authentication = format!("{way}\n{salt}");
        // A stack has one tone: the worse of the two.
        let worse = if verdict.1 == Tone::Neutral {
            outcome.1
        } else {
            verdict.1
        };
        let result = format!("{}\n{}", outcome.0, verdict.0);
        match shape {
            Shape::Wide => vec![
                plain(number),
                plain(time),
                plain(client),
                plain(server),
                plain(user),
                plain(way),
                plain(salt),
                toned(outcome),
                toned(verdict),
            ],
            Shape::Medium => vec![
                plain(number),
                plain(format!("{ends}\n{time}")),
                plain(user),
                plain(authentication),
                toned(outcome),
                toned(verdict),
            ],
            Shape::Compact => vec![
                plain(number),
                plain(format!("{user}\n{ends}\n{time}")),
                plain(authentication),
                toned((result, worse)),
            ],
            Shape::Slim => vec![
                plain(number),
                toned((
                    format!("{user}\n{ends}\n{time}\n{authentication}\n{result}"),
                    worse,
                )),
            ],
        }
    }
}

/// Who, and for which database.
fn user(login: &Login) -> String {
    let user = match login.user.as_deref() {
        None => "user not captured".to_owned(),
        Some("") => "(empty user)".to_owned(),
        Some(user) => for_cell(user, VALUE),
    };
    match login.database.as_deref() {
        None | Some("") => user,
        Some(database) => format!("{user}\ndb {}", for_cell(database, VALUE)),
    }
}

fn cell(text: &str, tone: Tone, canvas: &Canvas) -> Cell {
    let cell = Cell::new(text);
    let color = match tone {
        Tone::Good => Color::DarkGreen,
        Tone::Bad => Color::DarkRed,
        Tone::Doubtful => Color::DarkYellow,
        Tone::Neutral => return cell,
    };
    if canvas.color { cell.fg(color) } else { cell }
}

/// The table, ending in a line feed.
pub(super) fn render(logins: &[Login], canvas: &Canvas) -> String {
    let shape = Shape::for_width(canvas.width);
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(canvas.width).unwrap_or(u16::MAX));
    if canvas.color {
        table.enforce_styling().style_text_only();
    } else {
        table.force_no_tty();
    }
    table.set_header(shape.header().iter().map(|title| {
        let cell = Cell::new(title);
        if canvas.color {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    }));
    for login in logins {
        table.add_row(Facts::of(login).row(shape, canvas));
    }
    // The number is what `compare` and Wireshark take: never broken.
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    // Names of plugins and times are not broken either.
    for (at, title) in shape.header().iter().enumerate() {
        let least = match *title {
            "who, when" | "client → server, time" | "plugin" | "plugin, salt" => 25,
            _ => continue,
        };
        if let Some(column) = table.column_mut(at) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
    }
    let mut out = table.trim_fmt();
    out.push('\n');
    out
}

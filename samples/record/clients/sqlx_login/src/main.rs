//! sqlx: log in, one statement, quit.

use std::env::var;
use std::process::ExitCode;

use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::{ConnectOptions, Connection, Executor};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = MySqlConnectOptions::new()
        .host(&var("LOGIN_HOST").unwrap())
        .port(var("LOGIN_PORT").unwrap().parse().unwrap())
        .username(&var("LOGIN_USER").unwrap())
        .password(&var("LOGIN_PASSWORD").unwrap())
        .ssl_mode(MySqlSslMode::Disabled);
    match options.connect().await {
        Ok(mut connection) => {
            connection.execute("DO 1").await.ok();
            connection.close().await.ok();
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("refused: {error}");
            ExitCode::FAILURE
        }
    }
}

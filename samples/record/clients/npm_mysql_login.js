// npm mysql (the first driver of node, knows no caching_sha2_password): log in, one statement, quit.
// insecure-auth: speaks mysql_old_password when asked to.
// protocol-40: asks for the protocol before MySQL 4.1 (the server must not offer the later one).
'use strict';

const mysql = require('mysql');

const connection = mysql.createConnection({
  host: process.env.LOGIN_HOST,
  port: Number(process.env.LOGIN_PORT),
  user: process.env.LOGIN_USER,
  password: process.env.LOGIN_PASSWORD,
  flags: process.argv.includes('protocol-40') ? ['-PROTOCOL_41', '-SECURE_CONNECTION'] : [],
  insecureAuth: process.argv.includes('insecure-auth'),
});

function stop(error) {
  console.log('refused:', error.message);
  process.exit(1);
}

connection.connect((error) => {
  if (error) stop(error);
  connection.query('DO 1', (failed) => {
    if (failed) stop(failed);
    connection.end();
  });
});

// npm mariadb: log in, one statement, quit.
// change-user USER PASSWORD: change to this user after the statement; repeatable.
'use strict';

const mariadb = require('mariadb');

async function main(words) {
  const connection = await mariadb.createConnection({
    host: process.env.LOGIN_HOST,
    port: Number(process.env.LOGIN_PORT),
    user: process.env.LOGIN_USER,
    password: process.env.LOGIN_PASSWORD,
    database: process.env.LOGIN_DATABASE || undefined,
  });
  await connection.query('DO 1');
  while (words[0] === 'change-user') {
    const [, user, password] = words.splice(0, 3);
    await connection.changeUser({ user, password });
    await connection.query('DO 1');
  }
  await connection.end();
}

main(process.argv.slice(2)).catch((error) => {
  console.log('refused:', error.message);
  process.exit(1);
});

"""aiomysql: log in, one statement, quit."""

import asyncio
import sys

import aiomysql

import login_env


async def main():
    connection = await aiomysql.connect(
        host=login_env.HOST,
        port=login_env.PORT,
        user=login_env.USER,
        password=login_env.PASSWORD,
    )
    async with connection.cursor() as cursor:
        await cursor.execute(login_env.STATEMENT)
    await connection.ensure_closed()


try:
    asyncio.run(main())
except Exception as error:
    print("refused:", error)
    sys.exit(1)

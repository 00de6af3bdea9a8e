// go-sql-driver/mysql: log in, one statement, quit. Built in GOPATH mode against the
// distribution's package of the driver.
package main

import (
	"database/sql"
	"fmt"
	"os"

	"github.com/go-sql-driver/mysql"
)

func main() {
	config := mysql.NewConfig()
	config.Net = "tcp"
	config.Addr = os.Getenv("LOGIN_HOST") + ":" + os.Getenv("LOGIN_PORT")
	config.User = os.Getenv("LOGIN_USER")
	config.Passwd = os.Getenv("LOGIN_PASSWORD")
	db, err := sql.Open("mysql", config.FormatDSN())
	if err == nil {
		_, err = db.Exec("DO 1")
	}
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	db.Close()
}

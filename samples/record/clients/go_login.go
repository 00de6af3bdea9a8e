// go-sql-driver/mysql: log in, one statement, quit. Built in GOPATH mode against the
// distribution's package of the driver. With SSLKEYLOGFILE it uses TLS, trusts what the system
// trusts, and writes its keys there.
package main

import (
	"crypto/tls"
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
	if name := os.Getenv("SSLKEYLOGFILE"); name != "" {
		keys, err := os.Create(name)
		if err != nil {
			panic(err)
		}
		mysql.RegisterTLSConfig("lab", &tls.Config{ServerName: "localhost", KeyLogWriter: keys})
		config.TLSConfig = "lab"
	}
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

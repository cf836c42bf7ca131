package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"jingwei/geo"
	"jingwei/geo/postgis/private"
)

type psqlCommand struct {
	where
	Args []string `arg:"" optional:"" passthrough:"" help:"Arguments for psql."`
}

// Run opens psql. A private cluster that is served at the moment is used as it is, otherwise it is started for the time.
func (p *psqlCommand) Run(ctx context.Context, c *console) error {
	if err := p.check(); err != nil {
		return err
	}
	if p.Database != "" {
		return p.exec(ctx, "psql", p.Database)
	}
	database, bin, err := private.Running(ctx, p.DataDir, databaseName)
	if err == nil {
		return p.exec(ctx, filepath.Join(bin, "psql"), database)
	}
	if !errors.Is(err, private.ErrNotRunning) {
		return err
	}
	if _, err := os.Lstat(filepath.Join(p.DataDir, "postgres")); err != nil {
		return geo.Invalid("data-dir", "%s holds no private database", p.DataDir)
	}
	d, err := openDatabase(ctx, p.where, c.log)
	if err != nil {
		return err
	}
	return errors.Join(p.exec(ctx, filepath.Join(d.cluster.Bin(), "psql"), d.url), d.Close())
}

func (p *psqlCommand) exec(ctx context.Context, program, database string) error {
	args := p.Args
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	address, password := withoutPassword(database)
	cmd := exec.CommandContext(ctx, program, append([]string{address}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "PGOPTIONS="+strings.TrimSpace(os.Getenv("PGOPTIONS")+" -c search_path=jingwei,public"))
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	return cmd.Run()
}

// withoutPassword takes the password out of a URL: everybody on the machine can read the arguments of programs.
func withoutPassword(database string) (address, password string) {
	u, err := url.Parse(database)
	if err != nil || u.User == nil {
		return database, ""
	}
	password, given := u.User.Password()
	if !given {
		return database, ""
	}
	u.User = url.User(u.User.Username())
	return u.String(), password
}

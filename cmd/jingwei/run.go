package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"jingwei/geo"
)

// Exit codes of every verb.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3
)

// commands is the command line. Every flag has an environment variable JINGWEI_NAME.
type commands struct {
	Serve   serveCommand     `cmd:"" help:"Serve the map and its interfaces; without a database it starts a private one."`
	Migrate migrateCommand   `cmd:"" help:"Bring the database's schema up to date."`
	Import  importCommands   `cmd:"" help:"Read an operator's data from files."`
	Sample  sampleCommands   `cmd:"" help:"Samples: Zhejiang's divisions and grassroots organizations, or a made-up organization of the whole nation."`
	Account accountCommands  `cmd:"" help:"Look after who may sign in and what they may do."`
	Doctor  doctorCommand    `cmd:"" help:"Check the database, the audit and the configuration, and say what is wrong."`
	Psql    psqlCommand      `cmd:"" help:"Open psql on the database."`
	Hash    hashCommand      `cmd:"" hidden:"" help:"Compute hashes of passwords for a server, which starts this itself."`
	JSON    bool             `help:"Write log lines and results as JSON, for machines." env:"JINGWEI_JSON"`
	Version kong.VersionFlag `help:"Print the version."`
}

// where says which database a verb works on.
type where struct {
	Database string `help:"PostgreSQL connection URL. Without it a private PostgreSQL in the data directory is used." env:"JINGWEI_DATABASE" placeholder:"URL"`
	DataDir  string `help:"Folder of the private database and the token." env:"JINGWEI_DATA_DIR" default:".jingwei" type:"path"`
}

// console is what a verb may write to.
type console struct {
	out  io.Writer
	log  *slog.Logger
	json bool
}

// run reads args and does what they say; it is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("jingwei"), kong.Writers(stdout, stderr),
		kong.Description("Jingwei 经纬 puts a large membership organization on the map."),
		kong.UsageOnError(), kong.Exit(func(code int) { exited = code }), kong.Vars{"version": version},
		kong.BindTo(geo.WithActor(ctx, geo.Actor{Name: string(geo.ViaOperator), Via: geo.ViaCLI}), (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(stderr, "jingwei:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help and --version have printed what they say
		return exited
	}
	if err != nil {
		fmt.Fprintln(stderr, "jingwei:", err)
		return exitUsage
	}
	err = command.Run(&console{out: stdout, log: newLogger(stderr, c.JSON), json: c.JSON})
	if err == nil || ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitDone
	}
	fmt.Fprintln(stderr, "jingwei:", err)
	if errors.Is(err, errPartlyRefused) {
		return exitPartly
	}
	if errors.Is(err, geo.ErrInvalid) {
		return exitUsage
	}
	return exitFailed
}

func newLogger(w io.Writer, asJSON bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if os.Getenv("JINGWEI_DEBUG") != "" {
		options.Level = slog.LevelDebug
	}
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

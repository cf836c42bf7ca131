package gazetteer_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
	"jingwei/geo/intake"
	"jingwei/testdata/sample"
	"jingwei/testdata/sample/national"
)

// today is the day of all tests.
const today = geo.Day(20_700) // in 2026

// reach of every division that is made here, in metres.
const reach = 1000

// zhejiang is the sample with the history of its counties, as an operator has it.
var zhejiang = sync.OnceValues(func() (*gazetteer.Gazetteer, error) {
	divisions, err := sample.Divisions()
	if err != nil {
		return nil, err
	}
	return withHistory(divisions)
})

func withHistory(divisions []geo.Division) (*gazetteer.Gazetteer, error) {
	file, err := os.Open(filepath.Join("testdata", "history.csv"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	history, err := intake.ReadHistory(context.Background(), file, func(intake.Refusal) {})
	if err != nil {
		return nil, err
	}
	var b gazetteer.Builder
	for _, d := range divisions {
		b.Add(d, reach, today)
	}
	for _, d := range history.Divisions {
		b.Add(d, 0, today)
	}
	return b.Build(today, history.Successions), nil
}

// nation is all of China, without history and labels.
var nation = sync.OnceValues(func() (*gazetteer.Gazetteer, error) {
	n, err := national.New(33)
	if err != nil {
		return nil, err
	}
	var b gazetteer.Builder
	for i := range n.Divisions().Len() {
		d := n.Divisions().Division(i)
		d.Valid = geo.DayRange{From: geo.MinDay, To: geo.MaxDay}
		b.Add(d, 0, today)
	}
	return b.Build(today, nil), nil
})

func must(t testing.TB, load func() (*gazetteer.Gazetteer, error)) *gazetteer.Gazetteer {
	t.Helper()
	g, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

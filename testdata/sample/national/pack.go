package national

import (
	"fmt"
	"strconv"
	"strings"

	"jingwei/geo"
)

// The packed table has a line per division in the order of code and level. What follows from the code (level, superior,
// kind) is left out. A line of the levels 1 to 4 is the mark of its level, the digits that it has more than its superior,
// and the name. One of level 5 is how much its number exceeds that of the line before (nothing for 1), the mark of an
// ending that its name has, and the rest of the name.
const (
	levelMarks  = " pqrs"
	endingMarks = "ABCDEFG"
)

// endings of the names of villages and communities by their mark; G is none.
var endings = [...]string{"居民委员会", "村民委员会", "社区居委会", "村委会", "居委会", "社区", ""}

// digits that a level adds to the code of its superior.
var levelWidth = [...]int{0, 2, 2, 2, 3, 3}

// levelScale is the value of the last digit of a level.
var levelScale = [...]geo.DivisionCode{1e12, 1e10, 1e8, 1e6, 1e3, 1}

// Pack writes the table that the package embeds. Divisions are in the order of code and level; one whose superior or
// kind does not follow from its code is an error.
func Pack(divisions []geo.Division) ([]byte, error) {
	var out []byte
	last := geo.DivisionCode(0)
	for _, d := range divisions {
		if kind := divisionKind(d.Level, d.Code); kind != d.Kind {
			return nil, fmt.Errorf("%s of level %d is a %s, its code says %s", d.Code, d.Level, d.Kind, kind)
		}
		if parent := superior(d.Level, d.Code); parent != d.Parent {
			return nil, fmt.Errorf("%s of level %d has the superior %s, its code says %s", d.Code, d.Level, d.Parent, parent)
		}
		if d.Level < geo.Village {
			out = append(out, levelMarks[d.Level])
			number := d.Code / levelScale[d.Level] % (levelScale[d.Level-1] / levelScale[d.Level])
			out = fmt.Appendf(out, "%0*d%s\n", levelWidth[d.Level], number, d.Name)
			last = 0
			continue
		}
		number := d.Code % 1000
		if number != last+1 {
			out = strconv.AppendInt(out, int64(number-last), 10)
		}
		last = number
		mark := 0
		for !strings.HasSuffix(d.Name, endings[mark]) {
			mark++
		}
		out = append(append(out, endingMarks[mark]), strings.TrimSuffix(d.Name, endings[mark])...)
		out = append(out, '\n')
	}
	return out, nil
}

// superior cuts the last level off a code.
func superior(level geo.DivisionLevel, code geo.DivisionCode) geo.DivisionCode {
	if level == geo.Province {
		return 0
	}
	return code / levelScale[level-1] * levelScale[level-1]
}

// divisionKind is the kind that follows from a code of the National Bureau of Statistics.
func divisionKind(level geo.DivisionLevel, code geo.DivisionCode) string {
	switch level {
	case geo.Province:
		return "province"
	case geo.Prefecture:
		return "prefecture"
	case geo.County:
		return "county"
	case geo.Township:
		return townshipKind(int(code / 1000 % 1000))
	}
	switch number := code % 1000; {
	case number >= 1 && number < 200:
		return residentsCommittee
	case number >= 200 && number < 400:
		return villageCommittee
	}
	return "statistical_only"
}

const (
	residentsCommittee = "residents_committee"
	villageCommittee   = "village_committee"
	street             = "street"
)

func townshipKind(number int) string {
	switch {
	case number < 100:
		return street
	case number < 200:
		return "town"
	case number < 400:
		return "township"
	}
	return "other_400_599"
}

package geo

// Kinds of boundary lines. Other kinds of a source are LineOther.
const (
	LineSouthChinaSea = "south_china_sea" // 南海断续线
	LineUndefined     = "undefined"       // 未定国界
	LineNational      = "national"        // 国界
	LineProvincial    = "provincial"      // 省界
	LineSpecialRegion = "special_region"  // 特别行政区界
	LineOther         = "other"
)

// BoundaryLine is lines of a boundary set that are the border of no shape.
type BoundaryLine struct {
	Kind  string
	Name  string // what the source calls it
	Lines [][]Position
}

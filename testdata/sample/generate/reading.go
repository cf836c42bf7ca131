package main

// readings returns places whose characters are read in an unusual way, by their first two characters or more. Only the
// syllables that differ from the usual reading matter; tones are not written.
func readings() map[string]string {
	return map[string]string{
		"乐清":  "yue qing",
		"乐成":  "yue cheng",
		"会稽":  "kuai ji",
		"朝晖":  "zhao hui",
		"朝霞":  "zhao xia",
		"朝露":  "zhao lu",
		"重兆":  "chong zhao",
		"重阳":  "chong yang",
		"长老":  "zhang lao",
		"天姥":  "tian mu",
		"查家":  "zha jia",
		"单家":  "shan jia",
		"解家":  "xie jia",
		"盖家":  "ge jia",
		"黄埔":  "huang pu",
		"皇甫":  "huang fu",
		"音乐":  "yin yue",
		"银行":  "yin hang",
		"学校":  "xue xiao",
		"少体校": "shao ti xiao",
		"攒宫":  "cuan gong",
		"仲长":  "zhong chang",
		"浒墅":  "xu shu",
	}
}

// characters returns those that are read so in Zhejiang's place names, where the dictionary's first reading is another one.
func characters() map[rune]string {
	return map[rune]string{
		'长': "chang", // 长兴, 长街
		'厦': "xia",   // 崧厦
		'莘': "xin",   // 莘塍, 莘畈
		'佛': "fo",    // 佛堂
		'曾': "zeng",
		'仇': "qiu", // 仇毕
		'缪': "miao",
		'卜': "bu",
		'晟': "sheng", // 晟舍
		'姥': "mu",    // 天姥山
		'湫': "qiu",   // 湫山, 大龙湫
		'苕': "tiao",  // 苕溪
		'峤': "qiao",  // 温峤
		'仔': "zai",
		'泊': "bo",
		'似': "si",
		'嵊': "sheng",
		'都': "du", // 莲都, 七都
		'什': "shi",
		'还': "huan",
		'铣': "xian",
		'咀': "zui",
		'丽': "li",
		'台': "tai",
		'鄞': "yin",
		'瓯': "ou",
		'柯': "ke",
		'缙': "jin",
		'衢': "qu",
		'暨': "ji",
		'峃': "xue",
		'垟': "yang",
		'碶': "qi",
		'漈': "ji",
	}
}

// place returns the length in bytes and the reading of the place that name begins with; 0 for none.
func (r romanizer) place(name string) (int, string) {
	end := 0
	for i := range name {
		end = i
		if reading, ok := r.places[name[:end]]; ok {
			return end, reading
		}
	}
	if reading, ok := r.places[name]; ok {
		return len(name), reading
	}
	return 0, ""
}

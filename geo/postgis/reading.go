package postgis

// placeReadings are names of places, and a few words, that are read otherwise than their characters alone: syllables
// joined by spaces, one for each character. The longest that a text continues with wins.
func placeReadings() map[string]string {
	return map[string]string{
		"宝坻": "bao di", "泊头": "bo tou", "蔚县": "yu xian", "大城县": "dai cheng xian", "柴沟堡": "chai gou bu",
		"乐亭": "lao ting", "十里堡": "shi li pu", "什刹海": "shi cha hai", "太行": "tai hang", "洪洞": "hong tong",
		"繁峙": "fan shi", "长子": "zhang zi", "解州": "xie zhou", "珲春": "hun chun", "瑷珲": "ai hun", "穆棱": "mu ling",
		"鸭绿江": "ya lu jiang", "闵行": "min hang", "莘庄": "xin zhuang", "六合": "lu he", "浒墅关": "xu shu guan",
		"乐清": "yue qing", "会稽": "kuai ji", "崧厦": "song xia", "六安": "lu an", "蚌埠": "beng bu", "蚌山": "beng shan",
		"枞阳": "zong yang", "涡阳": "guo yang", "厦门": "xia men", "铅山": "yan shan", "单县": "shan xian", "东阿": "dong e",
		"牟平": "mu ping", "乐陵": "lao ling", "浚县": "xun xian", "召陵": "shao ling", "泌阳": "bi yang", "中牟": "zhong mu",
		"黄陂区": "huang pi qu", "黄陂县": "huang pi xian", "番禺": "pan yu", "大埔": "da bu", "龙圩区": "long xu qu",
		"覃塘": "qin tang", "重庆": "chong qing", "重阳": "chong yang", "犍为": "qian wei", "筠连": "jun lian",
		"荥经": "ying jing", "西藏": "xi zang", "藏族": "zang zu", "陕西": "shaan xi", "吴堡": "wu bu", "瓦窑堡": "wa yao bu",
		"红寺堡": "hong si bu", "宕昌": "tan chang", "崆峒": "kong tong", "尉犁": "yu li", "伽师": "jia shi", "朝霞": "zhao xia",
		"朝晖": "zhao hui", "单家": "shan jia", "解家": "xie jia", "长老": "zhang lao", "万俟": "mo qi", "萝卜": "luo bo",
		"畜牧": "xu mu",
	}
}

// longestPlace is the number of characters of the longest key of placeReadings.
const longestPlace = 3

// characterReadings are characters that names of places nearly always read otherwise than texts do.
func characterReadings() map[rune]string {
	return map[rune]string{
		'长': "chang", '都': "du", '佛': "fo", '勒': "le", '什': "shi", '曾': "zeng", '茄': "qie", '卜': "bu", '阚': "kan", '峤': "qiao",
	}
}

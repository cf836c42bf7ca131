package national

// category is a category of reports (table report_category) with what people say of it.
type category struct {
	code    string
	share   float64
	dueDays int
	things  []string
	faults  []string
}

var categories = [...]category{
	{"roads", 0.16, 10, []string{"路面", "人行道", "路灯", "路口信号灯", "井盖", "停车位", "公交站台"}, []string{"坑洼不平", "破损", "不亮", "设置不合理", "被占用", "积水严重"}},
	{"environment", 0.14, 7, []string{"垃圾桶", "河道", "道路", "公共厕所", "垃圾堆", "小广告"}, []string{"清运不及时", "有异味", "无人清扫", "污水外溢", "堆积多日"}},
	{"utilities", 0.12, 5, []string{"自来水", "供电", "天然气", "暖气", "水压", "下水道"}, []string{"经常中断", "不足", "收费有疑问", "堵塞", "未提前通知停供"}},
	{"housing", 0.12, 15, []string{"小区电梯", "楼道", "外墙", "物业服务", "消防通道", "屋顶"}, []string{"故障未修", "渗漏", "杂物堆放", "收费不透明", "脱落有隐患"}},
	{"noise", 0.09, 5, []string{"夜间施工", "广场音响", "商铺喇叭", "货车", "设备房"}, []string{"噪声扰民", "影响休息", "深夜不停"}},
	{"safety", 0.06, 3, []string{"充电设施", "围挡", "电线", "高空坠物", "池塘护栏"}, []string{"存在隐患", "无人看管", "缺少警示", "已老化"}},
	{"market", 0.05, 10, []string{"菜市场", "预付卡", "食品摊点", "商品标价"}, []string{"退款难", "卫生差", "标价不明", "称量不足"}},
	{"education", 0.04, 15, []string{"入学安排", "校门口交通", "校外培训", "课后服务"}, []string{"政策不清楚", "拥堵", "收费有疑问", "希望扩大名额"}},
	{"health", 0.035, 10, []string{"社区门诊", "预约挂号", "疫苗接种", "药品供应"}, []string{"排队时间长", "信息不清", "短缺", "希望延长服务时间"}},
	{"social_security", 0.04, 15, []string{"养老金认证", "医保报销", "低保政策", "高龄补贴"}, []string{"手续复杂", "进度未知", "咨询政策", "未按时到账"}},
	{"labour", 0.035, 15, []string{"工资发放", "招聘信息", "技能培训", "劳动合同"}, []string{"拖欠", "不实", "希望增加场次", "咨询办理"}},
	{"agriculture", 0.04, 15, []string{"灌溉渠", "机耕路", "农田排水", "农机补贴"}, []string{"淤塞", "损坏", "不畅", "咨询政策"}},
	{"greening", 0.03, 10, []string{"行道树", "绿化带", "公园草坪", "树枝"}, []string{"枯死未换", "遮挡路灯", "被踩踏", "需要修剪"}},
	{"culture", 0.015, 15, []string{"健身器材", "图书室", "文化广场", "球场"}, []string{"损坏", "开放时间短", "照明不足"}},
	{"mediation", 0.02, 30, []string{"邻里用水", "宅基地边界", "楼上漏水", "公共部位使用"}, []string{"有分歧,请求调解", "多次协商未果,请求调解"}},
	{"other", 0.025, 15, []string{"办事指南", "公示信息", "便民服务点"}, []string{"咨询办理", "建议完善", "希望增设"}},
}

var (
	wishes        = [...]string{"望尽快处理。", "请核实。", "希望改善。", "请相关部门处理。", "请答复。", "请安排人员查看。"}
	channels      = [...]string{"app", "phone", "web", "visit", "open311", "letter"}
	channelShares = [...]float64{0.38, 0.68, 0.82, 0.9, 0.96, 1}
)

// text says what the report is about and where, without anybody's name.
func (r *Reports) text(s *stream, m matter, k *category) string {
	var buffer [256]byte
	n := r.organizations.nation
	b := append(buffer[:0], n.divisions.stem(m.row)...)
	if s.chance(0.5) {
		b = append(b, roads[s.below(len(roads))]...)
	} else {
		b = append(b, "附近"...)
	}
	b = append(b, k.things[s.below(len(k.things))]...)
	b = append(b, k.faults[s.below(len(k.faults))]...)
	b = append(b, ',')
	return string(append(b, wishes[s.below(len(wishes))]...))
}

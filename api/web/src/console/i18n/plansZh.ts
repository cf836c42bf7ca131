/** Texts of what is planned for organizations, and of who may change them, in Chinese; they arrive with their code. */
export const plansZh = {
  title: '已安排的变更',
  from: '{{day}}起',
  parent: '归',
  top: '不再有上级',
  name: '更名为',
  by: '{{author}} 于 {{when}} 安排',
  hidden: '其他组织的账号',
  cancel: '取消安排',
  cancelOf: '取消 {{day}} 起的安排',
  cancelled: '已取消“{{name}}” {{day}} 起的变更',
  stays: '保存后，下面的安排不变；您改的其余内容在那天以后继续有效。',
  readOnly: '您只能查看这个组织。它由它自己及上级组织的登记员或管理员修改。',
  own: '您可以修改的是“{{names}}”及其下级。',
};

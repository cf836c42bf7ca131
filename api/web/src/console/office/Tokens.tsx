import { Button, Drawer, Modal } from 'antd';
import { useState } from 'react';
import type { Token } from '../api/contract';
import { useOwnActions, useTokens } from '../api/own';
import { useWrite } from '../api/useWrite';
import { when } from '../format/when';
import { useLanguage, useServices, useTexts } from '../services';
import { useRoute } from '../state/route';
import { NewToken } from './NewToken';
import { Fault, Nothing, Rows } from './Notice';
import { Tag } from './Tag';

/** The keys with which one's programs sign in. */
export function Tokens() {
  const { t } = useTexts();
  const { places } = useServices();
  const { item } = useRoute();
  const tokens = useTokens();
  const open = () => places.go({ page: 'tokens', item: 'new' });
  const close = () => places.go({ page: 'tokens' }, 'replace');
  return (
    <div className="sheet-page">
      <div className="listing-head">
        <h1>{t('nav.tokens')}</h1>
        <Button type="primary" onClick={open}>
          {t('tokens.new')}
        </Button>
      </div>
      <p className="quiet">{t('tokens.text')}</p>
      {tokens.isError && <Fault error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.isPending && <Rows count={3} />}
      {tokens.data?.length === 0 && <Nothing text={t('tokens.none')} />}
      <ul className="lines">
        {tokens.data?.map((token) => (
          <TokenLine key={token.id} token={token} />
        ))}
      </ul>
      <Drawer
        title={t('tokens.new')}
        open={item === 'new'}
        onClose={close}
        size={520}
        destroyOnHidden
        rootClassName="drawer"
      >
        <NewToken onClose={close} />
      </Drawer>
    </div>
  );
}

function TokenLine({ token }: { token: Token }) {
  const { t } = useTexts();
  const language = useLanguage();
  const { endToken } = useOwnActions();
  const [asked, setAsked] = useState(false);
  const end = useWrite({ mutationFn: () => endToken(token.id), onSuccess: () => setAsked(false) });
  const over = Date.parse(token.expires_at) <= Date.now();
  const used = token.last_used_at ? when(token.last_used_at, language) : t('tokens.never');
  return (
    <li className="line">
      <div className="line-what">
        <strong>{token.name}</strong> {token.read_only && <Tag tone="plain">{t('tokens.readOnly')}</Tag>}
        {over && <Tag tone="bad">{t('tokens.over')}</Tag>}
        <span className="quiet">{t('tokens.until', { until: when(token.expires_at, language), used })}</span>
        {token.grants && <span className="quiet">{t('tokens.some', { count: token.grants.length })}</span>}
      </div>
      <Button danger aria-label={t('tokens.endLabel', { name: token.name })} onClick={() => setAsked(true)}>
        {t('tokens.end')}
      </Button>
      <Modal
        title={t('tokens.endTitle', { name: token.name })}
        open={asked}
        onCancel={() => setAsked(false)}
        onOk={() => end.mutate()}
        okText={t('tokens.end')}
        okButtonProps={{ danger: true, loading: end.isPending }}
        cancelText={t('cancel')}
      >
        <p>{t('tokens.endText')}</p>
        {end.isError && <Fault error={end.error} />}
      </Modal>
    </li>
  );
}

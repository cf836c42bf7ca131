import { StyleProvider } from '@ant-design/cssinjs';
import { ConfigProvider, type ThemeConfig } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useMedia } from '../../ui/useSize';
import { useLanguage } from '../services';

/** The look of the map, for antd. Heights are those of fingers on a narrow screen. */
function themeOf(narrow: boolean): ThemeConfig {
  return {
    token: {
      colorPrimary: '#0b6e6e',
      colorLink: '#0b6e6e',
      colorError: '#b3261e',
      colorText: '#26241f',
      colorTextSecondary: '#615c52',
      colorTextDescription: '#615c52',
      colorTextPlaceholder: '#6f6a60',
      colorBorder: '#dcd7cd',
      colorBorderSecondary: '#e8e4dc',
      borderRadius: 6,
      fontFamily: 'inherit',
      fontSize: 14,
      controlHeight: narrow ? 44 : 36,
      controlHeightSM: narrow ? 44 : 28,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Table: { headerBg: '#f6f4f0', rowHoverBg: '#f6f4f0', cellPaddingBlock: 10 },
    },
  };
}

/** antd's components below it look like the map and speak the language of the page. */
export function Theme({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const narrow = useMedia('(max-width: 719px)');
  return (
    <StyleProvider layer>
      <ConfigProvider
        locale={language === 'zh' ? zhCN : enGB}
        theme={themeOf(narrow)}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </StyleProvider>
  );
}

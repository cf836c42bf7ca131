import { Button, Modal, type ModalProps } from 'antd';
import { useState } from 'react';
import { useTexts } from '../services';

interface DialogProps extends Omit<ModalProps, 'onCancel'> {
  onCancel: () => void;
  /** Something was chosen in it by other means than a field of the dialog. */
  unsaved?: boolean;
}

/**
 * A dialog that is filled in. Once something is, a click beside it does nothing and Escape asks: only Cancel and the cross, which
 * nobody presses by mistake, give up what was typed.
 */
export function Dialog({ unsaved = false, onCancel, afterClose, children, footer, ...props }: DialogProps) {
  const { t } = useTexts();
  const [touched, setTouched] = useState(false);
  const [asked, setAsked] = useState(false);
  const holds = touched || unsaved;
  const leave: ModalProps['onCancel'] = (event) => {
    if (holds && event.type === 'keydown') setAsked(!asked);
    else onCancel();
  };
  const question = (
    <div className="dialog-leave" role="alertdialog" aria-label={t('leaving.asked')}>
      <span>{t('leaving.asked')}</span>
      <Button autoFocus onClick={() => setAsked(false)}>
        {t('leaving.stay')}
      </Button>
      <Button danger onClick={onCancel}>
        {t('leaving.drop')}
      </Button>
    </div>
  );
  return (
    <Modal
      {...props}
      mask={{ closable: !holds }}
      onCancel={leave}
      afterClose={() => {
        setTouched(false);
        setAsked(false);
        afterClose?.();
      }}
      footer={asked && holds ? question : footer}
    >
      <div onChange={() => setTouched(true)}>{children}</div>
    </Modal>
  );
}

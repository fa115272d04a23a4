import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { Dialog, Sheet } from '../../parts/dialog.tsx';
import { List, Row } from '../../parts/list.tsx';
import { AddPerson } from './add-person.tsx';
import { Devices } from './devices.tsx';
import { EchoTest } from './echo-test.tsx';
import { tell } from './errors.ts';
import { canFloat, floatVideo } from './picture-in-picture.ts';
import type { View } from './title.ts';

type Part = 'menu' | 'devices' | 'add' | 'echo';

interface MoreSheetProps {
  readonly call: Call;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onClose: () => void;
}

interface MenuProps extends MoreSheetProps {
  readonly onPart: (part: Part) => void;
}

const Menu = ({ call, view, onView, onClose, onPart }: MenuProps) => {
  const { calls: text, trouble } = useStore(words);
  const { camera } = useStore(call.me);
  const people = useStore(call.people).filter(({ state }) => state !== 'left');
  const isPhone = matchMedia('(pointer: coarse)').matches;
  const then = (work: () => unknown) => () => {
    onClose();
    work();
  };
  return (
    <List label={text.more2}>
      <Row icon="settings" title={text.devices} onPress={() => onPart('devices')} />
      <Row icon="addPerson" title={text.addPerson} onPress={() => onPart('add')} />
      {people.length > 1 && (
        <Row
          icon={view === 'grid' ? 'spotlight' : 'grid'}
          title={view === 'grid' ? text.spotlight : text.grid}
          onPress={then(() => onView(view === 'grid' ? 'spotlight' : 'grid'))}
        />
      )}
      {canFloat() && (
        <Row icon="pip" title={text.pip} onPress={then(() => tell(floatVideo(call)))} />
      )}
      {camera.on && isPhone && (
        <Row icon="flip" title={text.flip} onPress={then(() => tell(flip(call)))} />
      )}
      <Row icon="speaker" title={trouble.echo} onPress={() => onPart('echo')} />
    </List>
  );
};

let facing: 'front' | 'back' = 'front';

const flip = (call: Call): Promise<void> => {
  facing = facing === 'front' ? 'back' : 'front';
  return call.camera(facing);
};

/** The rest of what one may do in a call. */
export const MoreSheet = (props: MoreSheetProps) => {
  const { call, onClose } = props;
  const { calls: text, trouble } = useStore(words);
  const { microphone } = useStore(call.me);
  const [part, setPart] = useState<Part>('menu');
  if (part === 'devices')
    return (
      <Dialog title={text.devices} onClose={onClose}>
        <Devices call={call} />
      </Dialog>
    );
  if (part === 'add')
    return (
      <Dialog title={text.addPerson} onClose={onClose}>
        <AddPerson call={call} onDone={onClose} />
      </Dialog>
    );
  if (part === 'echo')
    return (
      <Dialog title={trouble.echo} onClose={onClose}>
        <EchoTest device={microphone.device} />
      </Dialog>
    );
  return (
    <Sheet title={text.more2} onClose={onClose}>
      <Menu {...props} onPart={setPart} />
    </Sheet>
  );
};

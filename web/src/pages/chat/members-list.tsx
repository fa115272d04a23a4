import type { OpenChat } from 'aist-client/chat';
import type { Member } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { attempt } from '../../app/errors.ts';
import { nameOf } from '../../app/names.ts';
import type { Found } from '../../app/people-search.ts';
import { myId } from '../../app/session.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { List } from '../../parts/list.tsx';
import { PeoplePicker } from '../../parts/people-picker.tsx';
import { Loading } from '../../parts/states.tsx';
import { openChatWith } from '../people/open-chat.ts';

/** Adds people to a group. */
const AddPeople = ({ chat }: { chat: string }) => {
  const { frame, chats: text } = useStore(words);
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly Found[]>([]);
  const [busy, setBusy] = useState(false);
  if (!isOpen)
    return (
      <Button look="plain" icon="plus" onPress={() => setIsOpen(true)}>
        {text.addPeople}
      </Button>
    );
  const add = async () => {
    setBusy(true);
    const members = chosen.map(({ id }) => id);
    const done = await attempt(() => client.request('addMembers', { id: chat, members }));
    setBusy(false);
    if (!done) return;
    setChosen([]);
    setIsOpen(false);
  };
  return (
    <div class="form">
      <PeoplePicker chosen={chosen} onChange={setChosen} />
      <div class="buttons">
        <Button look="plain" onPress={() => setIsOpen(false)}>
          {frame.cancel}
        </Button>
        <Button busy={busy} disabled={chosen.length === 0} onPress={add}>
          {text.addPeople}
        </Button>
      </div>
    </div>
  );
};

interface MemberRowProps {
  readonly chat: string;
  readonly member: Member;
  readonly isAdmin: boolean;
  readonly onWrite: () => void;
}

const MemberRow = ({ chat, member, isAdmin, onWrite }: MemberRowProps) => {
  const { chats: text } = useStore(words);
  const [isOpen, setIsOpen] = useState(false);
  const { userId, role } = member;
  const name = nameOf(member);
  const isMe = userId === myId();
  const change = (role: Member['role']) =>
    attempt(() => client.request('changeRole', { id: chat, userId, role }));
  const takeOut = () => attempt(() => client.request('removeMember', { id: chat, userId }));
  return (
    <li>
      <div class="row">
        <Avatar id={userId} name={name} size={40} />
        <span class="row-text">
          <span class="row-title">
            {name}
            {isMe && <span class="dim"> ({text.me})</span>}
          </span>
          {role === 'admin' && <span class="row-more">{text.admin}</span>}
        </span>
        {!isMe && (
          <button
            type="button"
            class="icon-button"
            aria-label={text.memberActions(name)}
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name="more" />
          </button>
        )}
      </div>
      {isOpen && (
        <div class="member-actions">
          <Button
            look="plain"
            onPress={() => {
              onWrite();
              void openChatWith(userId);
            }}
          >
            {text.write}
          </Button>
          {isAdmin && (
            <Button look="plain" onPress={() => change(role === 'admin' ? 'member' : 'admin')}>
              {role === 'admin' ? text.makeMember : text.makeAdmin}
            </Button>
          )}
          {isAdmin && (
            <Button look="danger" onPress={takeOut}>
              {text.takeMemberOut}
            </Button>
          )}
        </div>
      )}
    </li>
  );
};

interface MembersProps {
  readonly chat: OpenChat;
  readonly isAdmin: boolean;
  readonly onLeave: () => void;
}

/** Who is in a group, and what an admin may do about it. */
export const Members = ({ chat, isAdmin, onLeave }: MembersProps) => {
  const { chats: text } = useStore(words);
  const members = useStore(chat.members);
  return (
    <section class="members" aria-label={text.members(members?.length ?? 0)}>
      {isAdmin && <AddPeople chat={chat.id} />}
      {members ? (
        <List label={text.members(members.length)}>
          {members.map((member) => (
            <MemberRow
              key={member.userId}
              chat={chat.id}
              member={member}
              isAdmin={isAdmin}
              onWrite={onLeave}
            />
          ))}
        </List>
      ) : (
        <Loading />
      )}
    </section>
  );
};

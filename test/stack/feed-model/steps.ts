import fc from 'fast-check';

/** How many people there are; of the chats one is a group, one a channel, one personal. */
export const PEOPLE = 4;

/** A chat of the model, by its kind. */
export type Room = 'group' | 'channel' | 'personal';

/** What somebody does; numbers choose among what there is, whatever that is by then. */
export type Step =
  | { readonly do: 'send'; readonly who: number; readonly room: Room }
  | { readonly do: 'edit' | 'delete'; readonly who: number; readonly pick: number }
  | { readonly do: 'read'; readonly who: number; readonly room: Room; readonly pick: number }
  | { readonly do: 'open' | 'rename' | 'leave' | 'join'; readonly who: number; readonly room: Room }
  | {
      readonly do: 'add' | 'take out';
      readonly who: number;
      readonly room: Room;
      readonly whom: number;
    }
  | {
      readonly do: 'promote' | 'demote';
      readonly who: number;
      readonly room: Room;
      readonly whom: number;
    }
  | {
      readonly do: 'sync';
      readonly who: number;
      readonly device: number;
      /** The size of the page. */
      readonly limit: number;
      /** From how many cursors before the last one. */
      readonly back: number;
    };

/** Steps that change who is in a chat: of those made at once there is at most one. */
export const MOVES: readonly Step['do'][] = ['leave', 'join', 'add', 'take out'];

const who = fc.nat(PEOPLE - 1);
const room = fc.constantFrom<Room>('group', 'group', 'channel', 'personal');
const pick = fc.nat(30);
const make = <Name extends string, Fields>(name: Name, fields: fc.Arbitrary<Fields>) =>
  fields.map((chosen) => ({ do: name, ...chosen }));

const inRoom = fc.record({ who, room });
/** Mostly the first one, who may do it. */
const admin = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, who);
const toMember = fc.record({ who: admin, room, whom: who });
const syncs = fc.record({
  who,
  device: fc.nat(1),
  limit: fc.constantFrom(1, 2, 3, 5, 200),
  back: fc.constantFrom(0, 0, 0, 1, 2, 5, 50),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: make('send', inRoom) },
  { weight: 8, arbitrary: make('sync', syncs) },
  { weight: 2, arbitrary: make('edit', fc.record({ who, pick })) },
  { weight: 2, arbitrary: make('delete', fc.record({ who, pick })) },
  { weight: 2, arbitrary: make('read', fc.record({ who, room, pick })) },
  { weight: 1, arbitrary: make('open', inRoom) },
  { weight: 1, arbitrary: make('rename', inRoom) },
  { weight: 2, arbitrary: make('leave', inRoom) },
  { weight: 2, arbitrary: make('join', inRoom) },
  { weight: 4, arbitrary: make('add', toMember) },
  { weight: 2, arbitrary: make('take out', toMember) },
  { weight: 1, arbitrary: make('promote', toMember) },
  { weight: 1, arbitrary: make('demote', toMember) },
);

/** Steps in their order; those of one group are made at once. */
export const script: fc.Arbitrary<readonly (readonly Step[])[]> = fc.array(
  fc.array(step, { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

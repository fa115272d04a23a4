-- Checks the rows that were there before their keys. Reading and writing go on meanwhile; a key
-- that is valid already costs nothing.
ALTER TABLE "chat_members" VALIDATE CONSTRAINT "chat_members_chat_id_fkey";
--> statement-breakpoint
ALTER TABLE "messages" VALIDATE CONSTRAINT "messages_chat_id_fkey";

CREATE INDEX "messages_version_idx" ON "messages" USING btree ("chat_id","version");
--> statement-breakpoint
CREATE UNIQUE INDEX "messages_client_id_idx" ON "messages" USING btree ("chat_id","sender_id","client_id") WHERE "messages"."client_id" is not null;

-- Who writes messages waits while they are indexed, so that each index is a transaction of its own.
CREATE UNIQUE INDEX "messages_seq_idx" ON "messages" USING btree ("chat_id","seq");

"""What the Python SDK `attio` gets of a sandbox to which plg-stack is deployed: HOST. It judges each answer by Attio's own
OpenAPI document. Prints a line for each check that fails, and JSON at the end.
"""

import json
import sys
import time
from types import SimpleNamespace

from attio import SDK

sdk = SDK(oauth2="any", server_url=sys.argv[1])
once = int(time.time())
failed = []
held = 0
nothing = SimpleNamespace(
    id=SimpleNamespace(record_id="x", entry_id="x", note_id="x", task_id="x", comment_id="x", webhook_id="x"),
    thread_id="x",
)


def check(name, ask, **arguments):
    """One call; what it answers under `data`."""
    global held
    try:
        answer = ask(**arguments)
    except Exception as error:
        failed.append(name)
        print(f"FAIL {name}: {' '.join(str(error).split())[:400]}")
        return nothing
    held += 1
    return getattr(answer, "data", answer)


objects, attributes, records, lists, entries = sdk.objects, sdk.attributes, sdk.records, sdk.lists, sdk.entries
thing = f"pythons_{once}"
new = {"api_slug": thing, "singular_noun": f"Python {once}", "plural_noun": f"Pythons {once}"}
check("objects", objects.get_v2_objects)
check("object", objects.get_v2_objects_object_, object="companies")
check("object is created", objects.post_v2_objects, data=new)
check("object is changed", objects.patch_v2_objects_object_, object=thing, data={"plural_noun": f"All {once}"})
check("views of an object", objects.get_v2_objects_object_views, object="companies")
for slug in ("companies", "people", "deals"):
    check(f"attributes of {slug}", attributes.get_v2_target_identifier_attributes, target="objects", identifier=slug)
of = {"target": "objects", "identifier": "companies", "attribute": "lifecycle_stage"}
check("attribute", attributes.get_v2_target_identifier_attributes_attribute_, **of)
check("options", attributes.get_v2_target_identifier_attributes_attribute_options, **of)
of = {"target": "objects", "identifier": "deals", "attribute": "deal_stage"}
check("statuses", attributes.get_v2_target_identifier_attributes_attribute_statuses, **of)

domain = f"python-{once}.example"
values = {"name": ["Python"], "domains": [domain], "mrr": [1]}
company = check("company", records.post_v2_objects_object_records, object="companies", data={"values": values})
one = {"object": "companies", "record_id": company.id.record_id}
values = {"domains": [domain], "lifecycle_stage": ["Trial"]}
match = {"object": "companies", "matching_attribute": "domains"}
check("company is asserted", records.put_v2_objects_object_records, **match, data={"values": values})
check("company is read", records.get_v2_objects_object_records_record_id_, **one)
check("company is changed", records.patch_v2_objects_object_records_record_id_, **one, data={"values": {"mrr": [2]}})
check("company is overwritten", records.put_v2_objects_object_records_record_id_, **one, data={"values": {"mrr": [3]}})
values = {"name": ["Lovelace, Ada"], "email_addresses": [f"ada@{domain}"], "company": [company.id.record_id]}
person = check("person", records.post_v2_objects_object_records, object="people", data={"values": values})
query = {"filter_": {"name": "Python"}, "sorts": [{"direction": "asc", "attribute": "mrr"}], "limit": 5}
check("query", records.post_v2_objects_object_records_query, object="companies", **query)
history = {"attribute": "mrr", "show_historic": True}
check("values", records.get_v2_objects_object_records_record_id_attributes_attribute_values, **one, **history)
words = {"query": "Python", "objects": ["companies"], "limit": 5, "request_as": {"type": "workspace"}}
check("search", records.post_v2_objects_records_search, **words)

new = {"name": f"List {once}", "api_slug": f"list_{once}", "parent_object": "companies"}
new |= {"workspace_access": "full-access", "workspace_member_access": []}
check("list is created", lists.post_v2_lists, data=new)
of = {"list_id": f"list_{once}"}
check("lists", lists.get_v2_lists)
check("list", lists.get_v2_lists_list_, **of)
check("list is changed", lists.patch_v2_lists_list_, **of, data={"name": f"List, too {once}"})
check("views of a list", lists.get_v2_lists_list_views, **of)
new = {"parent_object": "companies", "parent_record_id": company.id.record_id, "entry_values": {}}
entry = check("entry is created", entries.post_v2_lists_list_entries, **of, data=new)
check("entry is asserted", entries.put_v2_lists_list_entries, **of, data=new)
of_entry = {**of, "entry_id": entry.id.entry_id}
check("entry", entries.get_v2_lists_list_entries_entry_id_, **of_entry)
check("entries", entries.post_v2_lists_list_entries_query, **of, limit=5)
check("entry is changed", entries.patch_v2_lists_list_entries_entry_id_, **of_entry, data={"entry_values": {}})
check("entries of a record", records.get_v2_objects_object_records_record_id_entries, **one)
check("entry is removed", entries.delete_v2_lists_list_entries_entry_id_, **of_entry)

members = check("members", sdk.workspace_members.get_v2_workspace_members)
member = members[0].id.workspace_member_id
check("member", sdk.workspace_members.get_v2_workspace_members_workspace_member_id_, workspace_member_id=member)
on = {"parent_object": "companies", "parent_record_id": company.id.record_id}
new = {**on, "title": "Call", "format": "plaintext", "content": "Ten seats."}
note = check("note is created", sdk.notes.post_v2_notes, data=new)
check("notes", sdk.notes.get_v2_notes, **on)
check("note", sdk.notes.get_v2_notes_note_id_, note_id=note.id.note_id)
check("note is changed", sdk.notes.patch_v2_notes_note_id_, note_id=note.id.note_id, data={"title": "Call, too"})
check("note is deleted", sdk.notes.delete_v2_notes_note_id_, note_id=note.id.note_id)
new = {"content": "Call", "format": "plaintext", "deadline_at": None, "is_completed": False}
new |= {"linked_records": [{"target_object": "companies", "target_record_id": company.id.record_id}]}
new |= {"assignees": [{"workspace_member_email_address": members[0].email_address}]}
task = check("task is created", sdk.tasks.post_v2_tasks, data=new)
check("tasks", sdk.tasks.get_v2_tasks, sort="completed_at:desc")
of = {"task_id": task.id.task_id}
check("task", sdk.tasks.get_v2_tasks_task_id_, **of)
check("task is changed", sdk.tasks.patch_v2_tasks_task_id_, **of, data={"is_completed": True})
check("task is deleted", sdk.tasks.delete_v2_tasks_task_id_, **of)
new = {"format": "plaintext", "content": "Nice", "author": {"type": "workspace-member", "id": member}}
new |= {"record": {"object": "companies", "record_id": company.id.record_id}}
comment = check("comment is created", sdk.comments.post_v2_comments, data=new)
check("comment", sdk.comments.get_v2_comments_comment_id_, comment_id=comment.id.comment_id)
check("threads", sdk.threads.get_v2_threads, **one)
check("thread", sdk.threads.get_v2_threads_thread_id_, thread_id=comment.thread_id)
check("comment is deleted", sdk.comments.delete_v2_comments_comment_id_, comment_id=comment.id.comment_id)
new = {"target_url": "https://example.com/a", "subscriptions": [{"event_type": "record.created", "filter": None}]}
hook = check("webhook is created", sdk.webhooks.post_v2_webhooks, data=new)
of = {"webhook_id": hook.id.webhook_id}
check("webhooks", sdk.webhooks.get_v2_webhooks)
check("webhook", sdk.webhooks.get_v2_webhooks_webhook_id_, **of)
moved = {"target_url": "https://example.com/b"}
check("webhook is changed", sdk.webhooks.patch_v2_webhooks_webhook_id_, **of, data=moved)
check("webhook is deleted", sdk.webhooks.delete_v2_webhooks_webhook_id_, **of)
check("self", sdk.meta.get_v2_self)
gone = {"object": "people", "record_id": person.id.record_id}
check("record is deleted", records.delete_v2_objects_object_records_record_id_, **gone)

print(json.dumps({"held": held, "checks": held + len(failed), "failed": failed}))

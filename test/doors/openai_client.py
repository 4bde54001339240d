"""OpenAI's Python package, as an application uses it that changed only base URL and key.

`openai-python.test.ts` runs it against the gateway and compares what it prints: one JSON object a line.
"""

import json
import os
import sys

try:
    import openai
    from pydantic import BaseModel
except ImportError:
    sys.exit(42)

client = openai.OpenAI()
model = "openai/gpt-4.1-mini"
picture = os.environ["PICTURE"]


class Place(BaseModel):
    city: str
    degrees: float


tools = [
    {
        "type": "function",
        "function": {"name": name, "parameters": {"type": "object", "properties": {}}},
    }
    for name in ("weather", "now")
]


def asked(text):
    return [{"role": "user", "content": text}]


def whole():
    answer = client.chat.completions.create(model=model, messages=asked("Greet me."))
    return [answer.choices[0].message.content, answer.usage.prompt_tokens, answer.usage.completion_tokens]


def streamed():
    text, tokens = "", None
    for chunk in client.chat.completions.create(
        model=model, messages=asked("Greet me."), stream=True, stream_options={"include_usage": True}
    ):
        text += "".join(choice.delta.content or "" for choice in chunk.choices)
        tokens = chunk.usage or tokens
    return [text, tokens.prompt_tokens, tokens.completion_tokens]


def tool_turns():
    messages = asked("How is Bern?")
    with client.chat.completions.stream(model=model, messages=messages, tools=tools) as stream:
        message = stream.get_final_completion().choices[0].message
    messages.append(message)
    for call in message.tool_calls:
        messages.append({"role": "tool", "tool_call_id": call.id, "content": call.function.name})
    answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
    calls = [[call.id, call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls]
    return [calls, answer.choices[0].message.content]


def structured():
    answer = client.chat.completions.parse(model=model, messages=asked("Where?"), response_format=Place)
    return answer.choices[0].message.parsed.model_dump()


def embeddings():
    answer = client.embeddings.create(model="openai/text-embedding-3-small", input=["a", "b"])
    return [one.embedding for one in answer.data]


def seen():
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": picture}},
    ]
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])
    return answer.choices[0].message.content


def responses():
    answer = client.responses.create(model=model, input="Greet me.", store=False)
    with client.responses.stream(model=model, input="Greet me.", store=False) as stream:
        streamed_answer = stream.get_final_response()
    return [answer.output_text, streamed_answer.output_text, streamed_answer.usage.total_tokens]


def failures():
    told = {}
    for name, key, wanted in [
        ("unknown key", "pc_wrong", model),
        ("denied", os.environ["VISITOR_KEY"], model),
        ("unknown model", client.api_key, "nothing"),
        ("refused", client.api_key, "vllm/wrong"),
    ]:
        try:
            client.with_options(api_key=key).chat.completions.create(model=wanted, messages=asked("Hello"))
        except openai.APIStatusError as error:
            told[name] = [type(error).__name__, error.status_code, error.code]
    return told


def asked_again():
    answer = client.chat.completions.create(model="vllm/busy", messages=asked("Hello"))
    return answer.choices[0].message.content


def broken_off():
    heard = ""
    try:
        for chunk in client.chat.completions.create(model="vllm/breaking", messages=asked("Hello"), stream=True):
            heard += chunk.choices[0].delta.content or ""
            if heard:
                print(json.dumps({"heard": True}), flush=True)
    except openai.APIError as error:
        return [heard, type(error).__name__, error.message]


def left():
    for chunk in client.chat.completions.create(model="vllm/stalling", messages=asked("Hello"), stream=True):
        if chunk.choices[0].delta.content:
            return chunk.choices[0].delta.content


for case in (
    whole, streamed, tool_turns, structured, embeddings, seen, responses, failures, asked_again, broken_off, left,
):
    print(json.dumps({case.__name__: case()}), flush=True)

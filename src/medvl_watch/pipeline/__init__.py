"""The chain: poll, link, judge, place, publish. It calls the stages and decides nothing.

Polling and publishing can run apart, on different machines, with the ledger between them:
reading needs the network and no secret, publishing needs a secret and no feed. Every step
leaves the ledger in a state from which the next run goes on.
"""

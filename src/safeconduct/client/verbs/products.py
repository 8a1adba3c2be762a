"""Verbs of `actions.products` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any

from safeconduct.client.verbs.caller import Caller


class ProductsVerbs:
    """Verbs of `actions.products`."""

    def declare_product(
        self: Caller,
        *,
        title: str,
        dataset: str,
        spec: Mapping[str, object],
        step: int,
        windows: int,
    ) -> Any:
        """Declare a series of windows, so that none of them is refused for being close to another.

        Args:
            title: What people call it.
            dataset: Name of the data set.
            spec: The first window: a question, in our grammar (`kind`) or FlowKit's (`query_kind`).
            step: Days from one window to the next, 1 to 366.
            windows: How many, 1 to 400.
        """
        return self.call(
            "declare_product",
            {
                "title": title,
                "dataset": dataset,
                "spec": spec,
                "step": step,
                "windows": windows,
            },
        )

    def end_product(
        self: Caller,
        *,
        dataset: str,
        product: str,
    ) -> Any:
        """End a declared product: its windows that were not asked yet are compared like any question.

        Args:
            dataset: Name of the data set.
            product: Its id.
        """
        return self.call("end_product", {"dataset": dataset, "product": product})

    def products(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Declared products.

        Args:
            dataset: Name of the data set; all of them where left out.
        """
        return self.call("products", {"dataset": dataset})
